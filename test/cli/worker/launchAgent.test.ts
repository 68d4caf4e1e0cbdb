import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { launchAgent } from "../../../cli/worker/launchAgent";

/** Python's reader of Apple's format. */
const reader = "import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";

describe("an agent of launchd's", () => {
  it("has each word as it is", () => {
    const words = ["/usr/bin/node", "a b", "<&>\"'", "$HOME", "ü"];
    const variables = { PATH: "/a b:/c", "ODD<": "&" };
    const text = launchAgent({ description: "x", words, variables, file: "/y" }, { label: "me&you", log: "/z" });
    const read = JSON.parse(execFileSync("python3", ["-c", reader], { input: text, encoding: "utf8" })) as object;
    assert.deepEqual(read, {
      Label: "me&you",
      ProgramArguments: words,
      EnvironmentVariables: variables,
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 60,
      StandardOutPath: "/z",
      StandardErrorPath: "/z",
    });
  });
});
