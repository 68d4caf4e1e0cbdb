import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { metaPrefect } from "../support/command";
import { folderWith } from "../support/folderWith";

const pulumi = `#!/bin/sh
case "$1" in
  preview) echo "error: previewed with \${PREFECT_API_URL:-no address}" >&2; exit 1 ;;
  *) echo "error: no stack named 'prod' found" >&2; exit 6 ;;
esac
`;
const yaml = "deployments:\n  f:\n    - recipe: eks_dask_deployer\n      variables: { name: x }\n";
const at = (apiUrl: string) => ({ "Pulumi.prod.yaml": `config:\n  prefect:apiUrl: ${apiUrl}\n` });
const theirs = at("http://127.0.0.1:9/api");

/** Calls the command in a folder whose stack nobody has made yet. */
function calling(line: string, files: Record<string, string> = {}, hasPulumi = true) {
  const folder = folderWith({ "meta_prefect.yaml": yaml, ...files, "bin/pulumi": pulumi });
  fs.chmodSync(path.join(folder, "bin/pulumi"), 0o755);
  const { META_PREFECT__ENV: _, PREFECT_API_URL: __, ...others } = process.env;
  const env = {
    ...others,
    HOME: folder,
    PREFECT_HOME: folder,
    META_PREFECT__PYTHON: "/nowhere/python",
    PATH: hasPulumi ? `${folder}/bin:/usr/bin:/bin` : "",
  };
  return metaPrefect(line.split(" "), { cwd: folder, env });
}

describe("a stack that isn't there yet", () => {
  it("has the server that its settings name, so that the first deploy starts none", async () => {
    const { said } = await calling("deploy --env prod --yes", theirs);
    assert.equal(said, "error: previewed with no address\n");
  });

  it("has no server where its settings name none", async () => {
    const { said } = await calling("deploy --env prod --yes");
    assert.doesNotMatch(said, /previewed/);
  });

  it("isn't deployed, which is said without a server", async () => {
    for (const line of ["run f", "logs f", "schedule pause f"]) {
      const { code, said } = await calling(`${line} --env prod`);
      assert.equal(said, 'error: flow "f" is not deployed in "prod"; nothing is; run: meta-prefect deploy\n');
      assert.equal(code, 2);
    }
  });

  it("is examined by its settings, whether or not anything was previewed", async () => {
    const server = async (files: Record<string, string>) => {
      const { printed } = await calling("doctor --env prod --json", files, false);
      const { findings } = JSON.parse(printed) as { findings: { part: string; found: string }[] };
      return findings.find(({ part }) => part === "Prefect server")?.found ?? "";
    };
    assert.match(await server(theirs), /127\.0\.0\.1:9/);
    assert.match(await server(at("{ secure: v1:x }")), /prefect:apiUrl of prod is encrypted, .* preview makes it$/);
    const own = { apiUrl: "http://127.0.0.1:4711/api", pid: 2 ** 30, startTime: "1" };
    const started = { ".meta-prefect/server/server.json": JSON.stringify(own) };
    assert.equal(await server(started), `${own.apiUrl}, that of this folder, isn't running`);
  });

  it("is on EKS where that of its environment is", async () => {
    const overlaid = `${yaml.replace("eks_dask", "local_run")}      environments: { live: { recipe: eks_dask_deployer } }\n`;
    const parts = async (env: string) => {
      const files = { "meta_prefect.yaml": overlaid, "Pulumi.prod.yaml": `config:\n  meta-prefect:env: ${env}\n` };
      const { printed } = await calling("doctor --env prod --json", files, false);
      return (JSON.parse(printed) as { findings: { part: string }[] }).findings.map(({ part }) => part);
    };
    assert.ok((await parts("live")).includes("AWS"));
    assert.ok(!(await parts("other")).includes("AWS"));
  });
});
