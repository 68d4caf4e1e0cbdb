import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { exported } from "../../../cli/engine/exported";
import { preview } from "../../../cli/engine/operation";
import { openProject } from "../../../cli/project/project";
import { folderWith } from "../../support/folderWith";

/** A program, and a Pulumi that notes with which stack and which words it is called. */
function programWith(answers: string, manifest = "Pulumi.yaml") {
  const folder = folderWith({ [manifest]: "name: risk\nruntime: nodejs\n", "bin/README": "" });
  const calls = path.join(folder, "calls");
  const script = `#!/bin/sh\necho "$PULUMI_STACK: $1 $2 $3" >> "${calls}"\n${answers}\n`;
  fs.writeFileSync(path.join(folder, "bin/pulumi"), script, { mode: 0o755 });
  const environment = { PATH: `${path.join(folder, "bin")}:${process.env.PATH}`, HOME: folder };
  return {
    open: (env?: string, more: NodeJS.ProcessEnv = {}) =>
      openProject({ env, file: path.join(folder, manifest) }, { ...environment, ...more }),
    calls: () => fs.readFileSync(calls, "utf8").trimEnd().split("\n"),
  };
}

const state = `{"deployment":{"resources":[{"urn":"urn:pulumi:team::risk::pulumi:pulumi:Stack::risk-team"}]}}`;
const noStack = "echo 'error: no stack selected; please use `pulumi stack select`' >&2; exit 1";

describe("the stack of a program", () => {
  it("is the one that is asked for, which messages and files know by its own name", async () => {
    const { open, calls } = programWith(`echo '${state}'`);
    for (const project of [
      await open("acme/risk/team"),
      await open(undefined, { PULUMI_STACK: "acme/risk/team" }),
      await open("acme/risk/team", { PULUMI_STACK: "other" }),
    ]) {
      assert.equal(project.env, "team");
      await exported(project);
      assert.equal(calls().at(-1), "acme/risk/team: stack export --non-interactive");
    }
  });

  it("is the one that Pulumi has selected, known by what that says of it", async () => {
    const { open, calls } = programWith(`echo '${state}'`);
    const project = await open();
    await exported(project);
    assert.equal(project.env, "team");
    assert.deepEqual(calls(), [": stack export --non-interactive"]);
  });

  it("is the usual one where none is selected, each time", async () => {
    const { open, calls } = programWith(`[ "$PULUMI_STACK" = dev ] || { ${noStack}; }\necho '${state}'`);
    const project = await open();
    assert.ok(await exported(project));
    assert.equal(project.env, "dev");
    assert.deepEqual(calls(), [": stack export --non-interactive", "dev: stack export --non-interactive"]);
  });

  it("is the usual one for several commands at once", async () => {
    const { open } = programWith(`[ "$PULUMI_STACK" = dev ] || { ${noStack}; }\necho '${state}'`);
    const project = await open();
    for (const found of await Promise.all([exported(project), exported(project)])) assert.ok(found);
  });

  it("isn't another one where that which is asked for isn't there", async () => {
    const { open, calls } = programWith(noStack);
    assert.equal(await exported(await open(undefined, { PULUMI_STACK: "team" })), undefined);
    assert.deepEqual(calls(), ["team: stack export --non-interactive"]);
  });

  it("is made under the name that is asked for, be it by another command at the same moment", async () => {
    const made = `case "$1" in
      stack) touch made; echo "error: stack 'team' already exists" >&2; exit 1 ;;
      preview) [ -e made ] || { ${noStack}; }; echo '{"steps": []}' ;;
    esac`;
    const { open, calls } = programWith(made);
    const { steps } = await preview(await open("acme/risk/team"), {});
    assert.deepEqual(steps, []);
    const stack = "acme/risk/team";
    assert.deepEqual(calls(), [
      `${stack}: preview --json --show-sames`,
      `${stack}: stack init ${stack}`,
      `${stack}: preview --json --show-sames`,
    ]);
  });
});
