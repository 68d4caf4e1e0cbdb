import { testPython } from "../../tools/pythonTests";

describe("the Python package's own tests", () => {
  it("pass, and its types hold", async () => {
    await testPython();
  });
});
