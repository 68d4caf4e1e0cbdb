import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../tools/run";
import { prefectClient, temporaryFolder } from "../support/environment";
import { long } from "../support/long";
import { PulumiProject } from "../support/pulumiProject";

const pool = "code";
const program = (more: object = {}) => `
  const { LocalRunDeployer } = require("meta-prefect");
  const own = ${JSON.stringify({ name: "d", entrypoint: "flows.py:coded", path: "flows", workPoolName: pool, ...more })};
  const deployer = new LocalRunDeployer("local", { deployments: [own] });
  exports.version = deployer.deployments[0].version;
`;

describe('a deployment whose version is "git"', () => {
  let project: PulumiProject;
  const tagged = (tags: string[]) => `
    const { Deployment, LocalRunDeployer } = require("meta-prefect");
    const own = { entrypoint: "flows.py:f", path: "flows", tags: ${JSON.stringify(tags)} };
    const pooled = { ...own, workPoolName: ${JSON.stringify(pool)} };
    const deployer = new LocalRunDeployer("local", {
      deployments: [{ ...pooled, name: "configured" }, { ...pooled, name: "fixed", version: "7" }],
    });
    const plain = new Deployment("plain", { ...own, flowName: "g", version: "git" });
    exports.versions = [...deployer.deployments, plain].map(({ version }) => version);
  `;
  const git = (...args: string[]) =>
    run("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: project.folder });
  const described = async () => (await git("describe", "--tags", "--always", "--dirty")).trim();
  const versions = () => project.output<string[]>("versions");

  before(async () => {
    await workPool();
    project = await PulumiProject.create(tagged([]));
    project.env.META_PREFECT__VERSION = "git";
    project.write("flows/flows.py", "from prefect import flow\n@flow\ndef f():\n    pass\n");
    project.write(".gitignore", "node_modules\n");
  });
  after(() => project.destroy());

  it("is an error of the preview where there is no repository, on the property", async () => {
    const said = await project.failure("preview");
    assert.match(
      said,
      /property version value {git} has a problem: "git" needs a git repository, and \S+ isn't in one; run this in a clone/,
    );
    assert.doesNotMatch(said, /fixed\b.*has a problem/);
  });

  long("has what git describe says at the last change, while a commit alone changes nothing", async () => {
    await git("init", "--quiet");
    await git("add", ".");
    await git("commit", "--quiet", "--message", "one");
    project.write("flows/flows.py", "from prefect import flow\n@flow\ndef f():\n    return 1\n");
    const dirty = await described();
    assert.match(dirty, /^[0-9a-f]{7,}-dirty$/);
    await project.up();
    assert.deepEqual(await versions(), [dirty, "7", dirty]);
    const { id } = (await project.resources()).get("plain") ?? {};
    const remote = await (await prefectClient()).find<{ version: string }>(`/deployments/${id}`);
    assert.equal(remote?.version, dirty);

    await git("commit", "--all", "--quiet", "--message", "two");
    await git("tag", "v1.0");
    assert.deepEqual(await project.preview(), []);
    assert.deepEqual(await project.preview("--refresh"), []);

    project.program = tagged(["new"]);
    await git("commit", "--all", "--quiet", "--message", "three");
    const next = await described();
    assert.match(next, /^v1\.0-1-g[0-9a-f]{7,}$/);
    const steps = await project.preview();
    assert.deepEqual(steps.map(({ name, changed, newState }) => [name, changed, newState?.inputs?.version]).sort(), [
      ["local-f/configured", ["tags", "version"], next],
      ["local-f/fixed", ["tags"], "7"],
      ["plain", ["tags", "version"], next],
    ]);
    await project.up();
    assert.deepEqual(await versions(), [next, "7", next]);

    project.write("flows/flows.py", "from prefect import flow\n@flow\ndef f():\n    return 2\n");
    await git("commit", "--all", "--quiet", "--message", "four");
    await git("tag", "v1.1");
    await project.up();
    assert.deepEqual(await versions(), ["v1.1", "7", "v1.1"]);
    assert.deepEqual(await project.preview(), []);
  });
});

describe("a deployment whose code is on this machine", () => {
  let project: PulumiProject;
  const stored = async () => (await project.resources()).get("local-coded/d");
  const shown = async () =>
    (await project.preview()).map(({ op, name, changed, newState }) => [op, name, changed, newState?.inputs?.version]);

  before(async () => {
    await workPool();
    project = await PulumiProject.create(program());
    project.write(
      "flows/flows.py",
      "from prefect import flow\n@flow\ndef coded():\n    import helper\n    helper.help()\n",
    );
    project.write("flows/helper.py", "def help():\n    pass\n");
    await project.up();
  });
  after(() => project.destroy());

  it("keeps the hash of its code in the state, and Prefect doesn't get it", async () => {
    const { inputs, outputs, id } = (await stored()) ?? {};
    assert.match(String(inputs?.codeHash), /^[0-9a-f]{16}$/);
    assert.equal(outputs?.codeHash, inputs?.codeHash);
    const remote = await (await prefectClient()).find(`/deployments/${id}`);
    assert.ok(!JSON.stringify(remote).includes(String(inputs?.codeHash)));
    assert.deepEqual(await shown(), []);
    assert.deepEqual(await project.preview("--refresh"), []);
  });

  it("doesn't change with other files and line endings", async () => {
    project.write("flows/other.py", "x = 1\n");
    project.write("flows/data.csv", "1\n");
    project.write("flows/helper.py", "def help():\r\n    pass\r\n");
    assert.deepEqual(await shown(), []);
  });

  it("changes with a module that its flow imports, and its version rises by one", async () => {
    project.write("flows/helper.py", "def help():\n    return 1\n");
    assert.deepEqual(await shown(), [["update", "local-coded/d", ["codeHash", "version"], "2"]]);
    await project.up();
    assert.equal(await project.output("version"), "2");
    assert.deepEqual(await shown(), []);
    project.program = program({ version: "7" });
    await project.up();
    project.write("flows/helper.py", "def help():\n    return 2\n");
    assert.deepEqual(await shown(), [["update", "local-coded/d", ["codeHash"], "7"]]);
    await project.up();
    assert.deepEqual(await shown(), []);
  });

  long("doesn't change when an upgrade adds the hash, which is stored with the next change", async () => {
    project.program = program();
    await project.up();
    const earlier = JSON.parse(await project.pulumi("stack", "export", "--show-secrets")) as {
      deployment: { resources: { inputs?: Record<string, unknown>; outputs?: Record<string, unknown> }[] };
    };
    for (const { inputs, outputs } of earlier.deployment.resources) {
      delete inputs?.codeHash;
      delete outputs?.codeHash;
    }
    const file = path.join(temporaryFolder(), "state.json");
    fs.writeFileSync(file, JSON.stringify(earlier));
    await project.pulumi("stack", "import", "--file", file);
    const before = await project.output<string>("version");
    assert.deepEqual(await shown(), []);
    await project.up();
    assert.equal((await stored())?.inputs.codeHash, undefined);
    project.program = program({ tags: ["new"] });
    const next = String(Number(before) + 1);
    assert.deepEqual(await shown(), [["update", "local-coded/d", ["codeHash", "tags", "version"], next]]);
    await project.up();
    assert.match(String((await stored())?.inputs.codeHash), /^[0-9a-f]{16}$/);
    assert.deepEqual(await shown(), []);
  });
});

/** The pool of all that is deployed here, in which nothing runs. */
async function workPool(): Promise<void> {
  const client = await prefectClient();
  if (await client.find(`/work_pools/${pool}`)) return;
  await client.post("/work_pools/", { name: pool, type: "process", is_paused: true });
}
