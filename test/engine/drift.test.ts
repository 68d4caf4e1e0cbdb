import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { until } from "../../processes/until";
import type { PrefectClient } from "../../provider/api/client";
import type { DeploymentResponse } from "../../provider/api/prefect";
import type { Drift } from "../../report/drift";
import type { Report } from "../../report/report";
import { metaPrefect } from "../support/command";
import { prefectClient, temporaryFolder, testEnvironment } from "../support/environment";
import { long } from "../support/long";
import { PulumiProject } from "../support/pulumiProject";

interface Document {
  changes: { what: string; properties: { path: string }[] }[];
  report: Report;
}

const yaml = (parameters: string, schedule: string) => `
deployments:
  drifting:
    - recipe: plain_deployer
      variables:
        name: a
        work_pool_name: drift-yaml
        tags: [t1]
        ${parameters}
        ${schedule}
    - recipe: plain_deployer
      variables: { name: b, work_pool_name: drift-yaml, parameters: { x: 2 } }
    - recipe: plain_deployer
      variables: { name: c, work_pool_name: drift-yaml, description: program }
`;
const asDeployed = [
  "parameters: { x: 1 }",
  'schedule: { slug: daily, cron: "0 9 * * *", timezone: US/Pacific }',
] as const;

describe("what somebody changed on a real server", () => {
  let client: PrefectClient;
  let call: (...words: string[]) => ReturnType<typeof metaPrefect>;

  before(async () => {
    client = await prefectClient();
  });

  /** The document of a preview that compares with the server. */
  async function preview(...words: string[]) {
    const { code, printed, said } = await call("preview", "--refresh", "--detailed-exitcode", "--json", ...words);
    assert.notEqual(code, 1, said);
    return { code, said, ...(JSON.parse(printed) as Document) };
  }

  function named(report: Report, title: string): Drift | undefined {
    return report.drift?.objects.find((one) => one.title === title);
  }

  async function found(name: string): Promise<DeploymentResponse> {
    const deployment = await client.find<DeploymentResponse>(`/deployments/name/drifting/${name}`);
    assert.ok(deployment, name);
    return deployment;
  }

  /** Prefect writes its events down a little later. */
  async function told(event: string, id: string): Promise<void> {
    const filter = { resource: { id: [id] }, event: { name: [event] } };
    const isThere = { holds: () => true, what: "events" };
    const isTold = await until(
      async () => {
        const { events } = await client.post<{ events: unknown[] }>("/events/filter", { filter, limit: 1 }, isThere);
        return events.length > 0;
      },
      { every: 500, patience: 60_000 },
    );
    assert.ok(isTold, event);
  }

  long(
    "is told with its time, kept by the lines that are said, and else undone by a deploy that compares",
    async () => {
      const folder = temporaryFolder();
      const { PULUMI_CONFIG_PASSPHRASE: _, ...environment } = await testEnvironment();
      call = (...words) => metaPrefect(words, { cwd: folder, env: { ...environment, META_PREFECT__FLOWS: "static" } });
      const write = (...lines: [parameters: string, schedule: string]) =>
        fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), yaml(...lines));
      fs.writeFileSync(
        path.join(folder, "flows.py"),
        "from prefect import flow\n@flow\ndef drifting(x: int = 1): ...\n",
      );
      await client.post("/work_pools/", { name: "drift-yaml", type: "process" });
      write(...asDeployed);
      const deployed = await call("deploy", "--yes");
      assert.equal(deployed.code, 0, deployed.said);
      const quiet = await preview();
      assert.deepEqual([quiet.code, quiet.report.drift], [0, { objects: [], left: [] }]);

      const [a, b, c] = (await Promise.all(["a", "b", "c"].map(found))) as [
        DeploymentResponse,
        DeploymentResponse,
        DeploymentResponse,
      ];
      const began = Date.now() - 1000;
      await client.patch(`/deployments/${a.id}`, { parameters: { x: 5 }, tags: ["t1", "hand"] });
      await client.patch(`/deployments/${a.id}/schedules/${a.schedules[0]?.id ?? ""}`, {
        schedule: { cron: "30 7 * * *", timezone: "Europe/Berlin" },
      });
      await client.delete(`/deployments/${b.id}`);
      // what the program doesn't say isn't managed
      await client.patch(`/deployments/${c.id}`, { paused: true });
      await client.patch("/work_pools/drift-yaml", { concurrency_limit: 3 });
      await told("prefect.deployment.updated", `prefect.deployment.${a.id}`);
      await told("prefect.deployment.deleted", `prefect.deployment.${b.id}`);

      // what the program changes is no drift
      write(...asDeployed);
      const file = path.join(folder, "meta_prefect.yaml");
      fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("description: program", "description: other"));
      const markdown = path.join(folder, "report.md");
      const seen = await preview("--markdown", markdown);
      assert.equal(seen.code, 3);
      assert.deepEqual(
        seen.report.drift?.objects.map(({ title, isDeleted }) => [title, isDeleted]),
        [
          ['deployment "drifting/a"', false],
          ['deployment "drifting/b"', true],
        ],
      );
      assert.deepEqual(
        seen.report.deployments.map(({ name }) => name),
        ["drifting/c"],
      );
      const changed = named(seen.report, 'deployment "drifting/a"');
      const deleted = named(seen.report, 'deployment "drifting/b"');
      for (const at of [deleted?.at, ...(changed?.properties.map((property) => property.at) ?? [])]) {
        assert.ok(Date.parse(at ?? "") >= began && Date.parse(at ?? "") <= Date.now(), String(at));
      }
      assert.equal(changed?.by, undefined);
      const text = fs.readFileSync(markdown, "utf8");
      assert.match(text, /^\*\*\S+\/dev: 2 objects differ from what was deployed, 1 deployment changes\*\*\n/);
      assert.match(
        text,
        /drifting\/a" was changed on the server[\s\S]* `parameters: \{ x: 5 \}` \(`meta_prefect\.yaml:9`\)/,
      );
      assert.match(text, /to undo it: `meta-prefect deploy --env dev --refresh drifting\/a`/);

      const lineOf = (name: string) => {
        const line = changed?.properties.find((property) => property.name === name)?.keep.write;
        assert.ok(line, name);
        return line;
      };
      write(lineOf("parameters"), lineOf("schedules"));
      const keeping = await preview();
      const fates = named(keeping.report, 'deployment "drifting/a"')?.properties.map(
        ({ name, fate }) => `${name} ${fate}`,
      );
      assert.deepEqual(fates?.sort(), ["parameters kept", "schedules kept", "tags undone"]);
      const left = keeping.changes.find(({ what }) => what === 'deployment "drifting/a"');
      assert.deepEqual(
        left?.properties.map(({ path: at }) => at),
        ["tags", "version"],
      );

      // one flow's deployment alone, then the rest
      const alone = await call("deploy", "--yes", "--refresh", "drifting/a");
      assert.equal(alone.code, 0, alone.said);
      assert.deepEqual((await found("a")).tags, ["t1"]);
      assert.equal(await client.find("/deployments/name/drifting/b"), undefined);
      const mended = await call("deploy", "--yes", "--refresh");
      assert.equal(mended.code, 0, mended.said);
      assert.notEqual((await found("b")).id, b.id);
      const { parameters, schedules } = await found("a");
      assert.deepEqual([parameters, (schedules[0]?.schedule as { cron: string }).cron], [{ x: 5 }, "30 7 * * *"]);
      const second = await preview();
      assert.deepEqual([second.code, second.report.drift?.objects], [0, []]);
      // a pause that the program says nothing of outlives all of it
      assert.equal((await found("c")).paused, true);
      assert.equal((await call("destroy", "--yes")).code, 0);
    },
  );

  long("is told of a program's work pool and of a secret, which isn't shown", async () => {
    const project = await PulumiProject.create(`
const pulumi = require("@pulumi/pulumi");
const { Deployment, WorkPool } = require("meta-prefect");
const pool = new WorkPool("drift-pool", { type: "process", concurrencyLimit: 1 });
const env = { TOKEN: pulumi.secret("hunter22") };
new Deployment("d", { flowName: "drifting", entrypoint: "f.py:f", path: "/srv", workPoolName: pool.name, jobVariables: { env } });
`);
    await project.up();
    call = (...words) => metaPrefect([...words, "--env", "dev"], { cwd: project.folder, env: project.env });
    const deployment = await found("d");
    await client.patch("/work_pools/drift-pool", { concurrency_limit: 5 });
    await client.patch(`/deployments/${deployment.id}`, {
      work_pool_name: "drift-pool",
      job_variables: { env: { TOKEN: "changed33" } },
    });
    const page = path.join(project.folder, "report.html");
    const seen = await preview("--html", page);
    assert.equal(seen.code, 3);
    const [pool] = named(seen.report, 'work pool "drift-pool"')?.properties ?? [];
    assert.deepEqual(
      [pool?.name, pool?.fate, pool?.keep],
      ["concurrencyLimit", "undone", { write: "concurrencyLimit: 5", remove: [] }],
    );
    const [secret] = named(seen.report, 'deployment "drifting/d"')?.properties ?? [];
    assert.equal(secret?.name, "jobVariables");
    assert.match(secret.keep.cannot ?? "", /secret/);
    assert.deepEqual(seen.report.deployments, []);
    const text = fs.readFileSync(page, "utf8");
    assert.match(text, /<b>work pool &quot;drift-pool&quot; was changed on the server<\/b>/);
    assert.doesNotMatch(text + JSON.stringify(seen), /hunter22|changed33/);
    const mended = await call("deploy", "--yes", "--refresh");
    assert.equal(mended.code, 0, mended.said);
    assert.equal((await preview()).code, 0);
    await project.pulumi("destroy", "--yes");
  });
});
