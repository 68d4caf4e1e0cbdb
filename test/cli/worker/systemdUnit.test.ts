import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { systemdUnit } from "../../../cli/worker/systemdUnit";
import { temporaryFolder } from "../../support/environment";
import { skipped } from "../../support/skipped";

const unit = systemdUnit({
  description: "50% of it",
  words: ["/usr/bin/env", 'a "b"', "$HOME", "%h", "back\\slash", "it's", "ü;#&"],
  variables: { PATH: "/a b:/c", ODD: 'a "b" \\n $HOME %h' },
  file: "/a b/50%/meta_prefect.yaml",
});

describe("a unit of systemd's", () => {
  it("has each word as it is", () => {
    assert.match(unit, /^Description=50%% of it$/m);
    assert.match(unit, /^ConditionPathExists=\/a b\/50%%\/meta_prefect.yaml$/m);
    assert.match(unit, /^Environment="PATH=\/a b:\/c"$/m);
    assert.match(unit, /^Environment="ODD=a \\"b\\" \\\\n \$HOME %%h"$/m);
    assert.match(unit, /^ExecStart="\/usr\/bin\/env" "a \\"b\\"" "\$\$HOME" "%%h" "back\\\\slash" "it's" "ü;#&"$/m);
  });

  it("is one that systemd takes", function () {
    if (spawnSync("systemd-analyze", ["--version"]).status !== 0) skipped(this, "there is no systemd-analyze");
    const folder = temporaryFolder();
    const env = { ...process.env, XDG_RUNTIME_DIR: folder, HOME: folder };
    const verified = (text: string) => {
      const file = path.join(folder, "test.service");
      fs.writeFileSync(file, text);
      const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--user", file], { env, encoding: "utf8" });
      return [status, stderr];
    };
    assert.deepEqual(verified(unit), [0, ""]);
    // it says what it doesn't take
    assert.match(String(verified(unit.replace("RestartSec=60", "RestartSec=soon"))[1]), /Failed to parse/);
  });
});
