import assert from "node:assert/strict";
import pc from "picocolors";
import { logLine } from "../../../cli/flowRun/logLine";
import { visibleLine } from "../../../cli/flowRun/visibleLine";

describe("a line of a log", () => {
  it("has its columns where the tabs put them", () => {
    assert.equal(visibleLine("id\tcategory\tx"), "id      category        x");
    assert.equal(visibleLine("\tat f\u001b[2J"), "        at f\\u001b[2J");
  });

  it("is shown so also below the first one", () => {
    const log = { timestamp: "2026-10-09T08:00:00Z", level: 20, message: "a\tb\nc\td" };
    const text = logLine(log as Parameters<typeof logLine>[0], pc.createColors(false));
    assert.match(text, /INFO {5}a {7}b\n {18}c {7}d$/);
  });
});
