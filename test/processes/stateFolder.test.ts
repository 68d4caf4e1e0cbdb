import assert from "node:assert/strict";
import * as path from "node:path";
import { stateFolder } from "../../processes/stateFolder";

describe("the folder of what outlives a command", () => {
  const given = process.env.XDG_STATE_HOME;
  afterEach(() => (process.env.XDG_STATE_HOME = given));

  it("is never below the current one, also where its variable is empty", () => {
    process.env.XDG_STATE_HOME = "";
    assert.ok(path.isAbsolute(stateFolder("workers")), stateFolder("workers"));
  });
});
