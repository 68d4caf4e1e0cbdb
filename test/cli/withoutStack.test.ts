import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkServer } from "../../cli/health/checks/server";
import { meantDeployment } from "../../cli/project/meantDeployment";
import { settingsOfFiles, stackSettings } from "../../cli/project/stackClient";
import { UsageError } from "../../cli/usageError";
import { metaPrefect } from "../support/command";
import { folderWith } from "../support/folderWith";

const pulumi = `#!/bin/sh
case "$1" in
  preview) echo "error: previewed" >&2; exit 1 ;;
  *) echo "error: no stack named 'prod' found" >&2; exit 6 ;;
esac
`;
const address = "http://127.0.0.1:9/api";
const settings = (...lines: string[]) => ({
  "Pulumi.prod.yaml": `config:\n${lines.map((line) => `  ${line}\n`).join("")}`,
});
const theirs = settings(`prefect:apiUrl: ${address}`, "meta-prefect:env: live");
const yaml = [
  "deployments:",
  "  f:",
  "    - recipe: local_run_deployer",
  "      variables: { name: x }",
  "      environments: { live: { recipe: eks_dask_deployer } }",
  "",
].join("\n");

/** A project whose stack nobody has made yet. */
function unmade(files: Record<string, string>) {
  const folder = folderWith({ ...files, "bin/pulumi": pulumi });
  fs.chmodSync(path.join(folder, "bin/pulumi"), 0o755);
  const PATH = `${folder}/bin:/usr/bin:/bin`;
  return { folder, env: "prod", variables: { PATH, HOME: folder, PREFECT_HOME: folder } };
}

function calling(line: string, { folder, variables }: ReturnType<typeof unmade>, PATH = variables.PATH) {
  const { META_PREFECT__ENV: _, ...others } = process.env;
  const env = { ...others, ...variables, PATH, META_PREFECT__PYTHON: "/nowhere/python" };
  return metaPrefect([...line.split(" "), "--env", "prod"], { cwd: folder, env });
}

describe("a stack that isn't there yet", () => {
  it("has the server that its settings name, so that the first deploy starts none", async () => {
    const { said } = await calling("deploy --yes", unmade({ "meta_prefect.yaml": yaml, ...theirs }));
    assert.match(said, /^error: previewed$/m);
  });

  it("has what its settings say, but what is encrypted there", async () => {
    const read = await stackSettings(
      unmade(settings("prefect:apiUrl: x", "prefect:apiKey: { secure: v1:x }", "a:b: 1")),
    );
    assert.deepEqual([read("prefect:apiUrl"), read("a:b"), read("prefect:authString")], ["x", "1", undefined]);
    assert.throws(
      () => read("prefect:apiKey"),
      /^ConnectionError|prefect:apiKey of prod is encrypted, .* preview makes it$/,
    );
  });

  it("has nothing deployed, which is said without a server", async () => {
    await assert.rejects(meantDeployment("f", unmade({})), (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, 'flow "f" is not deployed in "prod"; nothing is; run: meta-prefect deploy');
      return true;
    });
  });

  it("is examined by its settings before anything was previewed, on EKS where its environment is", async () => {
    const { printed } = await calling("doctor --json", unmade({ "meta_prefect.yaml": yaml, ...theirs }), "");
    const { findings } = JSON.parse(printed) as { findings: { part: string; found: string }[] };
    const found = new Map(findings.map((finding) => [finding.part, finding.found]));
    assert.match(found.get("Prefect server") ?? "", /127\.0\.0\.1:9/);
    assert.ok(found.has("AWS"), printed);
  });

  it("is examined with the server that was started for its folder", async () => {
    const own = { apiUrl: "http://127.0.0.1:4711/api", pid: 2 ** 30, startTime: "1" };
    const project = unmade({ ".meta-prefect/server/server.json": JSON.stringify(own) });
    const { finding } = await checkServer(project, true, settingsOfFiles(project), project.variables);
    assert.equal(finding.found, `${own.apiUrl}, that of this folder, isn't running`);
  });
});
