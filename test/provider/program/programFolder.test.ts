import assert from "node:assert/strict";
import { inProgramFolder, programFolder } from "../../../provider/program/programFolder";

describe("the program's folder", () => {
  it("is that in which it runs, or the one in which something is being made, to its end", () => {
    assert.equal(programFolder(), process.cwd());
    assert.equal(
      inProgramFolder("/a", () => `${inProgramFolder("/b", programFolder)} ${programFolder()}`),
      "/b /a",
    );
    assert.throws(() =>
      inProgramFolder("/a", () => {
        throw new Error("no");
      }),
    );
    assert.equal(programFolder(), process.cwd());
  });
});
