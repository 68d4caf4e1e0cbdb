import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { PrefectClient } from "../../provider/api/client";
import type { FlowRunResponse } from "../../provider/api/prefect";
import { metaPrefect } from "../support/command";
import { Crashing, mixedProgram } from "../support/crashed";
import { prefectClient } from "../support/environment";
import { long } from "../support/long";
import { type CodeBlock, Page } from "../support/page";
import { Reader } from "../support/reader";

let counter = 0;

const page = new Page("docs/explanation/interruptions.md");

/** Types what the page says below a heading. */
function typed({ project }: Crashing, heading: string): Promise<void> {
  const instead = { "pulumi cancel": "pulumi cancel --yes", "pulumi up": "pulumi up --yes --skip-preview" };
  const isMeant = (block: CodeBlock) => block.heading === heading;
  assert.ok(page.blocks.some(isMeant), heading);
  return Reader.at(project.folder, project.env).follow(page, instead, isMeant);
}

describe("pulumi up that is killed between a request and its checkpoint", () => {
  let client: PrefectClient;
  before(async () => {
    client = await prefectClient();
  });

  const automations = (names: string[]) =>
    client.filter<{ id: string }>("/automations/filter", { automations: { name: { any_: names } } });

  for (const [what, path, test] of [
    ["an automation", /^\/automations\/$/, it],
    ["a worker", /\/get_scheduled_flow_runs$/, long],
  ] as const) {
    test(`goes on by itself, with ${what} that is there`, async () => {
      const name = `crash-${process.pid}-${(counter += 1)}`;
      const crashing = await Crashing.create(mixedProgram(name));
      const { project } = crashing;
      try {
        assert.ok(await crashing.kill(({ method, path: at }) => method === "POST" && path.test(at), "up"));
        assert.notDeepEqual(crashing.intents, []);
        assert.doesNotMatch(crashing.intents.join(), /hunter/);
        await typed(crashing, "`pulumi up` was killed");
        assert.deepEqual(await project.preview("--refresh"), []);
        assert.equal((await automations([`${name}-automation`])).length, 1);
        assert.equal((await automations([`${name}-other-flow/${name}-nightly__automation_1`])).length, 1);
        assert.equal(crashing.workers.length, 1);
        assert.deepEqual(crashing.intents, []);
      } finally {
        await project.destroy();
        crashing.proxy.close();
      }
    });
  }

  it("is followed by one of pulumi destroy that is killed, and by one that leaves nothing", async () => {
    const name = `crash-${process.pid}-${(counter += 1)}`;
    const crashing = await Crashing.create(mixedProgram(name));
    const { project } = crashing;
    try {
      await project.up();
      assert.ok(
        await crashing.kill(({ method, path }) => method === "DELETE" && path.startsWith("/work_pools/"), "destroy"),
      );
      await crashing.cancel();
      await project.destroy();
      assert.equal((await project.resources()).size, 0);
      assert.equal(await client.find(`/work_pools/${name}-pool`), undefined);
      assert.deepEqual([crashing.workers, crashing.intents], [[], []]);
    } finally {
      await project.destroy();
      crashing.proxy.close();
    }
  });

  for (const [end, test] of [
    ["up", long],
    ["meta-prefect destroy", long],
  ] as const) {
    test(`goes on from what took the place of another, by ${end}`, async () => {
      const name = `crash-${process.pid}-${(counter += 1)}`;
      const program = (type: string, team: string) => `
        const p = require("meta-prefect");
        new p.WorkPool("${name}-pool", { type: "${type}" });
        new p.Deployment("${name}", { flowName: "${name}", labels: { team: "${team}" } });`;
      const crashing = await Crashing.create(program("process", "a"));
      const { project } = crashing;
      try {
        await project.up();
        project.program = program("docker", "b");
        const isMade = /^\/(work_pools|deployments)\/$/;
        let made = 0;
        assert.ok(
          await crashing.kill(({ method, path }) => method === "POST" && isMade.test(path) && (made += 1) === 2, "up"),
        );
        await crashing.cancel();
        if (end === "up") {
          await project.up();
          assert.deepEqual(await project.preview("--refresh"), []);
          assert.equal((await client.find<{ type: string }>(`/work_pools/${name}-pool`))?.type, "docker");
        } else {
          const { code, said } = await metaPrefect(["destroy", "--yes"], { cwd: project.folder, env: project.env });
          assert.equal(code, 0, said);
          assert.equal(await client.find(`/work_pools/${name}-pool`), undefined);
          assert.equal(await client.find(`/deployments/name/${name}/${name}`), undefined);
        }
        assert.deepEqual(crashing.intents, []);
      } finally {
        crashing.proxy.close();
      }
    });
  }

  long("leaves no intent of what was refused", async () => {
    const name = `crash-${process.pid}-${(counter += 1)}`;
    const crashing = await Crashing.create(`
      const p = require("meta-prefect");
      new p.Deployment("${name}", { flowName: "${name}", workPoolName: "${name}" });
      new p.WorkQueue("${name}", { workPoolName: "${name}" });
      new p.Block("${name}", { blockTypeSlug: "${name}", data: {} });`);
    const { project } = crashing;
    try {
      assert.match(await project.failure("up", "--yes", "--skip-preview"), /does not exist/);
      assert.deepEqual(crashing.intents, []);
    } finally {
      crashing.proxy.close();
    }
  });

  for (const [command, test] of [
    [["up"], it],
    [["up", "--refresh"], long],
  ] as const) {
    test(`makes the late runs again that the deletion of another schedule took along, by pulumi ${command.join(" ")}`, async () => {
      const name = `crash-${process.pid}-${(counter += 1)}`;
      const daily = '{ slug: "daily", cron: "0 9 * * *" }';
      const program = (...schedules: string[]) => `
        const p = require("meta-prefect");
        new p.Deployment("${name}", { flowName: "${name}", schedules: [{ slug: "often", interval: 5 }, ${schedules.join()}] });`;
      const crashing = await Crashing.create(program(daily));
      const { project } = crashing;
      const late = async () => {
        const runs = await client.filter<FlowRunResponse>("/flow_runs/filter", { flows: { name: { any_: [name] } } });
        const times = runs.map(({ expected_start_time: at }) => Date.parse(at ?? ""));
        return times.filter((time) => time < Date.now()).sort();
      };
      try {
        await project.up();
        let before: number[] = [];
        for (let tries = 0; tries < 240 && before.length < 2; tries += 1) {
          await pause(250);
          before = await late();
        }
        project.program = program();
        assert.ok(await crashing.kill(({ method }) => method === "DELETE", "up"));
        await crashing.cancel();
        assert.ok((await late()).length < before.length, "Prefect took none along");
        await project.pulumi(...command, "--yes", "--skip-preview");
        const after = await late();
        assert.deepEqual(
          before.filter((time) => !after.includes(time)),
          [],
        );
        assert.deepEqual(new Set(after).size, after.length);
        assert.deepEqual(await project.preview("--refresh"), []);
      } finally {
        await project.destroy();
        crashing.proxy.close();
      }
    });
  }

  for (const [what, isThere, test] of [
    ["was made", true, it],
    ["was not", false, long],
  ] as const) {
    test(`is followed by a meta-prefect destroy that leaves nothing, when what it was about to make ${what}`, async () => {
      const name = `crash-${process.pid}-${(counter += 1)}`;
      const crashing = await Crashing.create(`
        const p = require("meta-prefect");
        const team = new (require("@pulumi/pulumi").ComponentResource)("test:index:Team", "team");
        const pool = new p.WorkPool("${name}-pool", { type: "process" }, { parent: team });
        new p.Variable("${name}-variable", { value: 1 }, { dependsOn: pool });`);
      const { project } = crashing;
      const pool = () => client.find(`/work_pools/${name}-pool`);
      try {
        assert.ok(await crashing.kill(({ path }) => path === "/work_pools/", "up"));
        await crashing.cancel();
        assert.ok(await pool());
        if (!isThere) await client.delete(`/work_pools/${name}-pool`);
        const { code, said } = await metaPrefect(["destroy", "--yes"], { cwd: project.folder, env: project.env });
        assert.equal(code, 0, said);
        assert.match(said, new RegExp(`may have made work pool "${name}-pool"; it is taken over first`));
        assert.match(said, /^taken down: 1 objects? deleted$/m);
        assert.equal(await pool(), undefined);
        assert.equal(await client.find(`/variables/name/${name}-variable`), undefined);
        assert.deepEqual(crashing.intents, []);
        assert.equal((await project.resources()).size, 0);
      } finally {
        crashing.proxy.close();
      }
    });
  }

  long("is followed by a meta-prefect destroy that says what to do when that can't be known", async () => {
    const name = `crash-${process.pid}-${(counter += 1)}`;
    const crashing = await Crashing.create(
      `const p = require("meta-prefect"); new p.WorkPool("${name}-pool", { type: "process" });`,
    );
    const { project } = crashing;
    try {
      assert.ok(await crashing.kill(({ path }) => path === "/work_pools/", "up"));
      await crashing.cancel();
      crashing.forget();
      const destroy = () => metaPrefect(["destroy", "--yes"], { cwd: project.folder, env: project.env });
      const { code, said } = await destroy();
      assert.equal(code, 1);
      assert.match(said, /error: nothing was taken down.*already exists/s);
      await project.pulumi("refresh", "--yes", "--clear-pending-creates");
      assert.equal((await destroy()).code, 0);
      assert.ok(await client.find(`/work_pools/${name}-pool`), "it may be somebody else's");
    } finally {
      crashing.proxy.close();
    }
  });

  it("says on another machine what was found, and goes on by the one flag", async () => {
    const name = `crash-${process.pid}-${(counter += 1)}`;
    const crashing = await Crashing.create(mixedProgram(name));
    const { project } = crashing;
    try {
      assert.ok(await crashing.kill(({ path }) => path === "/variables/", "up"));
      await crashing.cancel();
      crashing.forget();
      const message = await project.failure("preview");
      assert.match(
        message,
        new RegExp(`variable "${name}-variable" already exists.*It is just what this program asks for`, "s"),
      );
      assert.match(message, /`pulumi config set prefect:recover true`/);
      await typed(crashing, "It was killed on another machine");
      assert.deepEqual(await project.preview("--refresh"), []);
    } finally {
      await project.destroy();
      crashing.proxy.close();
    }
  });

  it("takes over nothing that somebody else made, or made otherwise, under the same name", async () => {
    const name = `crash-${process.pid}-${(counter += 1)}`;
    const crashing = await Crashing.create(
      `const p = require("meta-prefect"); new p.Variable("${name}-variable", { value: 1 });`,
    );
    try {
      assert.ok(await crashing.kill(({ path }) => path === "/variables/", "up"));
      await crashing.cancel();
      // made again by somebody, as another one
      await client.delete(`/variables/name/${name}-variable`);
      await client.post("/variables/", { name: `${name}-variable`, value: 2 });
      const message = await crashing.project.failure("up", "--yes", "--skip-preview");
      assert.match(message, /already exists; set adopt: true/);
    } finally {
      crashing.proxy.close();
    }
  });
});
