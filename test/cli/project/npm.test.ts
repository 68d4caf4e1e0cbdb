import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { npm, npmIsMissing } from "../../../cli/project/npm";
import { temporaryFolder } from "../../support/environment";

/** A folder with a script in it that says by whom it is run, with what, and which `node` its own scripts would find. */
function scriptIn(name: string, head = ""): { folder: string; script: string } {
  const folder = temporaryFolder();
  const script = path.join(folder, name);
  const said = "[process.execPath, ...process.argv.slice(2), process.cwd(), process.env.PATH]";
  fs.writeFileSync(script, `${head}console.log(JSON.stringify(${said}))`, { mode: 0o755 });
  return { folder: fs.realpathSync(folder), script };
}

describe("npm", () => {
  it("is the one that says where it is, run by this Node.js, which is the first that its scripts find", async () => {
    const { folder, script } = scriptIn("npm-cli.js");
    const said = JSON.parse(await npm(["pack", "a b"], folder, { npm_execpath: script, PATH: "/none" })) as string[];
    const PATH = `${path.dirname(process.execPath)}${path.delimiter}/none`;
    assert.deepEqual(said, [process.execPath, "pack", "a b", folder, PATH]);
  });

  it("is that of the PATH where none says so, or another package manager does", async () => {
    const { folder } = scriptIn("npm", `#!${process.execPath}\n`);
    for (const npm_execpath of [undefined, "/usr/lib/pnpm.cjs"]) {
      const said = JSON.parse(await npm(["install"], folder, { PATH: folder, npm_execpath })) as string[];
      assert.deepEqual(said, [process.execPath, "install", folder, folder]);
    }
  });

  it("is asked for where there is none", () => {
    const { folder } = scriptIn("npm");
    assert.deepEqual(npmIsMissing({ PATH: `/none${path.delimiter}${folder}` }), []);
    for (const PATH of [undefined, "", path.delimiter, "/none"]) {
      assert.match(
        npmIsMissing({ PATH }).join("\n"),
        /^a program in TypeScript needs Node.js from version 22 with npm/,
      );
    }
  });
});
