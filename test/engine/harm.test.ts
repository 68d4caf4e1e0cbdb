import assert from "node:assert/strict";
import type { PrefectClient } from "../../provider/api/client";
import { prefectClient } from "../support/environment";
import { long } from "../support/long";
import { type Page, Proxy } from "../support/proxy";
import { PulumiProject } from "../support/pulumiProject";

type Json = Record<string, unknown>;

const html = { type: "text/html", body: "<html><h1>nginx</h1></html>" };
const json = "application/json";

describe("what exists is not harmed", () => {
  let client: PrefectClient;
  before(async () => {
    client = await prefectClient();
  });

  const automations = (names: string[]) =>
    client.filter<{ id: string; name: string }>("/automations/filter", { automations: { name: { any_: names } } });
  const deployment = (flow: string, name: string) =>
    client.find<{ id: string; version: string }>(`/deployments/name/${flow}/${name}`);

  it("two deployments of one name, each with a trigger, keep their automations, and somebody else's stays", async () => {
    const trigger = { type: "event", posture: "Reactive", expect: ["data.ready"] };
    const theirs = await client.post<{ id: string }>("/automations/", {
      name: "twin-nightly__automation_1",
      trigger: { ...trigger, threshold: 1, within: 0 },
      actions: [],
    });
    const program = (more = "") => `
      const { Deployment } = require("meta-prefect");
      for (const flowName of ["twin-a", "twin-b"]) {
        new Deployment(flowName, { name: "twin-nightly", flowName, triggers: [${JSON.stringify(trigger)}] ${more} });
      }`;
    const project = await PulumiProject.create(program());
    try {
      await project.up();
      const names = ["twin-a/twin-nightly__automation_1", "twin-b/twin-nightly__automation_1"];
      assert.deepEqual((await automations(names)).map(({ name }) => name).sort(), names);
      assert.deepEqual(await project.preview("--refresh"), []);
    } finally {
      await project.destroy();
    }
    assert.equal((await client.find<{ id: string }>(`/automations/${theirs.id}`))?.id, theirs.id);
    assert.deepEqual(await automations(["twin-a/twin-nightly__automation_1", "twin-b/twin-nightly__automation_1"]), []);
  });

  it("automations of one name, made one after the other, stay as many", async () => {
    const project = await PulumiProject.create(`
      const { Automation, Deployment } = require("meta-prefect");
      const trigger = { type: "event", posture: "Reactive", expect: ["data.ready"] };
      let before;
      for (let i = 0; i < 5; i += 1) {
        const { id } = new Deployment("d" + i, { name: "shared", flowName: "shared-" + i });
        const actions = [{ type: "run-deployment", source: "selected", deploymentId: id }];
        before = new Automation("a" + i, { name: "shared__automation_1", trigger, actions }, { dependsOn: before ?? [] });
      }`);
    try {
      await project.up();
      const made = (await automations(["shared__automation_1"])) as unknown as {
        actions: { deployment_id: string }[];
      }[];
      assert.equal(new Set(made.map(({ actions: [action] }) => action?.deployment_id)).size, 5);
      assert.equal(made.length, 5);
      assert.deepEqual(await project.preview("--refresh"), []);
    } finally {
      await project.destroy();
    }
    assert.deepEqual(await automations(["shared__automation_1"]), []);
  });

  it("what is replaced under its name isn't said to exist already", async () => {
    const program = (other: string) => `
      const p = require("meta-prefect");
      const other = ${other};
      new p.Flow("replaced-flow", { labels: { team: other ? "a" : "b" } });
      const pool = new p.WorkPool("replaced-pool", { type: other ? "docker" : "process" });
      new p.WorkQueue("replaced-queue", { workPoolName: pool.name });
      new p.Deployment("replaced", { flowName: "replaced-flow-of", labels: { team: other ? "a" : "b" } },
        { aliases: [{ name: "former" }] });
      new p.Deployment("replaced-taken", { flowName: "replaced-flow-of", labels: { team: other ? "a" : "b" }, adopt: other });
      new p.BlockType("replaced-type", { slug: "replaced-type", name: other ? "One" : "Two" });
      new p.SavedSearch("replaced-search", {});`;
    const project = await PulumiProject.create(
      program("false").replace('"replaced", {', '"former", { name: "replaced",'),
    );
    await project.up();
    project.program = program("true");
    const steps = await project.preview();
    const replaced = steps.filter(({ op }) => op === "replace").map(({ name }) => name);
    assert.deepEqual(replaced.filter((name) => name !== "replaced-queue").sort(), [
      "replaced",
      "replaced-flow",
      "replaced-pool",
      "replaced-taken",
      "replaced-type",
    ]);
    await project.up();
    assert.deepEqual(await project.preview("--refresh"), []);
  });

  it("an automation that an earlier release named keeps its name, without a change", async () => {
    const args = (name: string) => `
      const { Deployment } = require("meta-prefect");
      new Deployment("d", { name: "former", flowName: "former-flow",
        triggers: [{ type: "event", posture: "Reactive", expect: ["x"] ${name} }] });`;
    const project = await PulumiProject.create(args(', name: "former__automation_1"'));
    // as the earlier release made it: under the name that it gave, and the Pulumi name of a trigger without one
    project.program = args(', name: require("@pulumi/pulumi").output("former__automation_1")');
    await project.up();
    project.program = args("");
    assert.deepEqual(await project.preview(), []);
    await project.up();
    assert.equal((await automations(["former__automation_1"])).length, 1);
  });

  describe("another page than the server's", () => {
    const program = `
      const p = require("meta-prefect");
      const pool = new p.WorkPool("paged", { type: "process" });
      new p.WorkQueue("paged-queue", { workPoolName: pool.name });
      new p.Flow("paged-flow");
      new p.Deployment("paged", { flowName: "paged-flow", workPoolName: pool.name });
      new p.Variable("paged", { value: 1 });
      new p.GlobalConcurrencyLimit("paged", { limit: 1 });
      new p.Block("paged", { blockTypeSlug: "secret", data: { value: "hunter22" } });
      new p.Automation("paged", { trigger: { type: "event", posture: "Reactive", expect: ["never"] }, actions: [] });`;
    let project: PulumiProject;
    let proxy: Proxy;
    let kept: string[];
    const stored = async () => {
      const { deployment } = JSON.parse(await project.pulumi("stack", "export")) as {
        deployment: { resources: { urn: string; id?: string }[] };
      };
      return deployment.resources.map(({ urn, id }) => `${urn} ${id ?? ""}`).sort();
    };

    before(async () => {
      project = await PulumiProject.create(program);
      proxy = await Proxy.before(client.connection.apiUrl);
      project.env.PREFECT_API_URL = proxy.apiUrl;
      await project.up();
      kept = await stored();
      assert.equal(kept.length, 10);
    });
    after(() => proxy.close());

    const pages: [string, Page][] = [
      ["an ingress that answers 404", { status: 404, ...html }],
      ["a login page with status 200", { status: 200, ...html }],
      ["half a JSON", { status: 200, type: json, body: '{"id": "' }],
      ["another API's 404", { status: 404, type: json, body: '{"detail":"Not Found"}' }],
      ["another API's 200", { status: 200, type: json, body: '{"status":"ok"}' }],
    ];
    const refusal = /nothing was concluded from it|is not the address of a Prefect API/;
    for (const [i, [what, page]] of pages.entries()) {
      (i < 2 ? it : long)(`${what} fails refresh and destroy, and leaves the state as it was`, async () => {
        proxy.decide = ({ path }) => (path === "/admin/version" ? "pass" : page);
        const refreshed = await project.failure("refresh", "--yes", "--skip-preview");
        assert.match(refreshed, refusal);
        const destroyed = await project.failure("destroy", "--yes", "--skip-preview");
        assert.match(destroyed, refusal);
        assert.doesNotMatch(refreshed + destroyed, /hunter22/);
        assert.deepEqual(await stored(), kept);
      });
    }

    it("one that comes from the start is one error, and nothing is asked behind it", async () => {
      proxy.decide = () => ({ status: 404, ...html });
      assert.match(await project.failure("refresh", "--yes", "--skip-preview"), refusal);
      assert.match(await project.failure("destroy", "--yes", "--skip-preview"), refusal);
      assert.deepEqual(await stored(), kept);
      proxy.decide = () => "pass";
      await project.pulumi("preview", "--refresh", "--expect-no-changes");
    });

    it("what the server itself says is gone is made again", async () => {
      const [variable] = await client.filter<{ id: string }>("/variables/filter", {
        variables: { name: { any_: ["paged"] } },
      });
      await client.delete(`/variables/${variable?.id}`);
      await project.up("--refresh");
      assert.notDeepEqual(await stored(), kept);
      kept = await stored();
      assert.equal(kept.length, 10);
    });
  });

  describe("a resource that gets another Pulumi name", () => {
    const flows = "from prefect import flow\n@flow\ndef renamed(x: int = 1): ...\n";
    const trigger = '{ type: "event", posture: "Reactive", expect: ["x"], adopt: true }';
    const deployer = (name: string, more = "", opts = "{}") => `
      const { LocalRunDeployer } = require("meta-prefect");
      new LocalRunDeployer("${name}", { deployments: [
        { name: "one", entrypoint: "flows.py:renamed", path: "flows", workPoolName: "renamed-pool", triggers: [${trigger}] ${more} },
        { name: "two", entrypoint: "flows.py:renamed", path: "flows", workPoolName: "renamed-pool" ${more} },
      ] }, ${opts});`;
    let project: PulumiProject;
    const found = async () => [
      (await deployment("renamed", "one-dev"))?.id,
      (await deployment("renamed", "two-dev"))?.id,
      ...(await automations(["renamed/one-dev__automation_1"])).map(({ id }) => id),
    ];

    beforeEach(async () => {
      if (!(await client.find("/work_pools/renamed-pool"))) {
        await client.post("/work_pools/", { name: "renamed-pool", type: "process" });
      }
      project = await PulumiProject.create(deployer("before"));
      project.write("flows/flows.py", flows);
      await project.up();
    });
    afterEach(async () => {
      await project.destroy();
      assert.deepEqual(await found(), [undefined, undefined]);
    });

    it("is an error of the preview that names the option to give, which then changes nothing", async () => {
      const before = await found();
      project.program = deployer("after");
      const message = await project.failure("preview");
      assert.match(message, /deployment "renamed\/one-dev" \(as "before-renamed\/one"\)/);
      assert.match(message, /give "after" the option aliases: \[\{ name: "before" \}\]/);
      project.program = deployer("after", "", '{ aliases: [{ name: "before" }] }');
      assert.deepEqual(await project.preview(), []);
      await project.up();
      assert.deepEqual(await found(), before);
    });

    it("keeps its objects when it takes them over, although Pulumi shows the old ones as deleted", async () => {
      const before = await found();
      project.program = deployer("after", ", adopt: true");
      const printed = await project.pulumi("preview");
      assert.match(printed, /stays in Prefect, although the preview shows the resource that had it as deleted/);
      const done = await project.up();
      assert.match(done, /deployment "renamed\/two-dev" stays in Prefect: another resource of the program has it now/);
      assert.deepEqual(await found(), before);
      assert.deepEqual(await project.preview("--refresh"), []);
    });

    long("keeps them also when the first up failed half-way, and the deletion comes in a later one", async () => {
      const before = await found();
      const fails = `
        new (require("meta-prefect").Deployment)("fails", { flowName: "renamed", workPoolName: "no-such-pool-at-all" });`;
      project.program = deployer("after", ", adopt: true") + fails;
      assert.match(
        await project.failure("up", "--yes", "--skip-preview", "--continue-on-error"),
        /no-such-pool-at-all/,
      );
      assert.deepEqual(await found(), before);
      project.program = deployer("after", ", adopt: true");
      await project.up();
      assert.deepEqual(await found(), before);
      assert.deepEqual(await project.preview("--refresh"), []);
    });

    it("is deleted when nothing else has it, also by an up that refreshes first", async () => {
      project.program = "";
      await project.up("--refresh");
      assert.deepEqual(await found(), [undefined, undefined]);
    });
  });

  it("adopt: true that is taken out again is no change, and counts no version", async () => {
    const { id } = await client.post<{ id: string }>("/flows/", { name: "unadopted" });
    await client.post("/deployments/", { name: "d", flow_id: id, version: "7" });
    const program = (more: string) =>
      `new (require("meta-prefect").Deployment)("d", { flowName: "unadopted", version: "auto", tags: ["t"] ${more} });`;
    const project = await PulumiProject.create(program(", adopt: true"));
    await project.up();
    assert.equal((await deployment("unadopted", "d"))?.version, "8");
    project.program = program("");
    assert.deepEqual(await project.preview(), []);
  });

  it("what exists, and what is made twice, are errors of the preview", async () => {
    await client.post("/variables/", { name: "here_before", value: 1 });
    const trigger = { type: "event", posture: "Reactive", expect: ["never"], threshold: 1, within: 0 };
    for (const _ of [1, 2]) await client.post("/automations/", { name: "several of me", trigger, actions: [] });
    const project = await PulumiProject.create(`
      const { Automation, Variable } = require("meta-prefect");
      new Variable("v", { name: "here_before", value: 2 });
      new Automation("a", { name: "several of me", trigger: { type: "event", posture: "Reactive", expect: ["x"] }, actions: [] });
      new Variable("w", { name: "twice", value: 2 });
      new Variable("x", { name: "twice", value: 3 });`);
    const message = await project.failure("preview");
    assert.match(message, /variable "here_before" already exists; set adopt: true to manage it here/);
    assert.match(message, /variable "twice" is made twice by this program, as "\w" and "\w"/);
    assert.match(message, /automation "several of me": there are 2 of that name .*; delete or rename all but one/);
    // without a server a preview is still worth having
    project.program = 'new (require("meta-prefect").Variable)("v", { name: "here_before", value: 2 });';
    project.env.PREFECT_API_URL = "http://127.0.0.1:9/api";
    assert.deepEqual(
      (await project.preview()).map(({ op, name }) => [op, name]),
      [
        ["create", "test-dev"],
        ["create", "v"],
      ],
    );
  });

  it("a secret in a job variable hides itself, and nothing beside it", async () => {
    const project = await PulumiProject.create(`
      const pulumi = require("@pulumi/pulumi");
      new (require("meta-prefect").Deployment)("d", { name: "shown-dev", flowName: "shown", workPoolName: "pool-of-dev",
        jobVariables: { env: { STAGE: "dev", TOKEN: pulumi.secret("hunter2") }, name: "a hunter2" } });`);
    const message = await project.failure("up", "--yes", "--skip-preview");
    assert.match(message, /deployment "shown\/shown-dev": its work pool "pool-of-dev" does not exist/);
    assert.doesNotMatch(message, /hunter2/);
    const state = await project.pulumi("stack", "export");
    assert.doesNotMatch(state, /hunter2/);
  });

  it("a work pool that isn't there is the same clear error at a change", async () => {
    const program = (pool: string) =>
      `new (require("meta-prefect").Deployment)("d", { name: "pooled", flowName: "pooled", workPoolName: "${pool}" });`;
    await client.post<Json & { id: string }>("/work_pools/", { name: "there", type: "process" });
    const project = await PulumiProject.create(program("there"));
    await project.up();
    project.program = program("not-there");
    assert.match(
      await project.failure("up", "--yes", "--skip-preview"),
      /its work pool "not-there" does not exist; make it first, or correct workPoolName/,
    );
  });
});
