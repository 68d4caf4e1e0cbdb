import assert from "node:assert/strict";
import * as path from "node:path";
import { until } from "../../processes/until";
import type { PrefectClient } from "../../provider/api/client";
import { aList } from "../../provider/api/shape";
import { root } from "../../tools/root";
import { prefectClient, renewServer, temporaryFolder, tools } from "../support/environment";
import { insteadOfNpmInstall } from "../support/linked";
import { long } from "../support/long";
import { Page } from "../support/page";
import { Reader } from "../support/reader";
import { type ProvidedObject, terraformState } from "../support/terraformState";

interface Deployment {
  id: string;
  name: string;
  flow_id: string;
  paused: boolean;
  schedules: { id: string; active: boolean; schedule: object }[];
}

const here = path.join(root, "dist", "cli", "index.js");
const flows = new Page("docs/tutorials/1-command.md").files.get("flows.py") ?? "";

describe("a reader who types the guide", () => {
  let reader: Reader;
  let client: PrefectClient;

  before(async () => {
    await renewServer();
    client = await prefectClient();
  });
  beforeEach(async () => {
    const { python } = await tools();
    reader = await Reader.with(here);
    await reader.type(`export PATH="${path.dirname(python)}:$PATH"`);
  });
  afterEach(() => reader.takeDown());

  /** Goes into a folder that has the first tutorial's flow. */
  function beginIn(folder: string): void {
    reader.goInto(folder);
    reader.write("flows.py", flows);
  }

  const deployment = async (name: string) =>
    (await client.find<Deployment>(`/deployments/name/${name}`)) ?? assert.fail(`there is no ${name}`);

  const deployments = async () =>
    (await client.filter<Deployment>("/deployments/filter", {})).map(({ id }) => id).sort();

  const runsOf = async ({ id }: Deployment) => {
    const runs = await client.filter<{ id: string; state_type: string }>("/flow_runs/filter", {
      deployments: { id: { any_: [id] } },
    });
    return runs.filter(({ state_type }) => state_type !== "SCHEDULED").map(({ id }) => id);
  };

  /** Gives a deployment a run, which was cancelled before it began. */
  const pastRun = ({ id }: Deployment) =>
    client.post(`/deployments/${id}/create_flow_run`, { state: { type: "CANCELLED", name: "Cancelled" } });

  // first, as it takes over all that the server has
  long("from Terraform has the objects that Terraform made, and none twice", async () => {
    reader.goInto("from-terraform");
    const objects = await provided(client);
    reader.write("terraform.tfstate", terraformState(objects));
    const [nightly] = objects;
    const before = await deployment("report/nightly");
    assert.equal(before.id, nightly?.attributes.id);
    await pastRun(before);
    const runs = await runsOf(before);
    const there = await deployments();

    await reader.follow(new Page("docs/guides/from-terraform.md"), { "npm install": insteadOfNpmInstall });

    assert.deepEqual(await deployments(), there);
    const after = await deployment("report/nightly");
    assert.deepEqual(after.schedules, before.schedules);
    assert.deepEqual(await runsOf(after), runs);
    for (const { type, attributes } of objects) {
      const route = routes[type];
      if (route !== undefined) assert.ok(await client.find(`${route}/${attributes.id}`), type);
    }
  });

  long("from a server has the deployments that it had, by YAML and by a program", async () => {
    const page = new Page("docs/guides/from-a-server.md");
    reader.goInto("from-a-server");
    reader.write("flows/reports.py", page.files.get("flows/reports.py") ?? "");
    reader.write("flows/weekly.py", (page.files.get("flows/reports.py") ?? "").replaceAll("report", "weekly"));
    reader.write(
      "deploy.py",
      script(
        "reports.py:report",
        "nightly-prod",
        'cron="0 3 * * *", tags=["warehouse"], parameters={"day": "yesterday"}',
      ),
    );
    reader.write("weekly.py", script("weekly.py:weekly", "weekly", 'cron="0 8 * * 1"'));
    await typed("prefect work-pool create etl --type process || true", "python deploy.py", "python weekly.py");
    const before = await Promise.all(["report/nightly-prod", "weekly/weekly"].map(deployment));
    await Promise.all(before.map(pastRun));
    const runs = await Promise.all(before.map(runsOf));
    const there = await deployments();

    await reader.follow(page, { "npm install": insteadOfNpmInstall });

    const after = await Promise.all(["report/nightly-prod", "weekly/weekly"].map(deployment));
    assert.deepEqual(
      after.map(({ id }) => id),
      before.map(({ id }) => id),
    );
    assert.deepEqual(await deployments(), there);
    assert.deepEqual(await Promise.all(after.map(runsOf)), runs);
  });

  long("from scripts has what flow.deploy() and flow.serve() made", async () => {
    const page = new Page("docs/guides/from-scripts.md");
    reader.goInto("from-scripts");
    for (const name of ["deploy.py", "flows/reports.py", "totals.py"]) reader.write(name, page.files.get(name) ?? "");
    await typed(
      "prefect work-pool create etl --type process || true",
      "python deploy.py",
      "python totals.py > served.log 2>&1 & echo $! > pid",
    );
    const served = await until(() => client.find<Deployment>("/deployments/name/totals/hourly-prod"), {
      every: 500,
      patience: 60_000,
    });
    assert.ok(served);
    // one that has not begun to poll yet ends without pausing anything
    await typed("until grep -q 'being served' served.log; do sleep 0.2; done; sleep 2; kill $(cat pid)");
    const isPaused = async () => (await deployment("totals/hourly-prod")).paused || undefined;
    assert.ok(
      await until(isPaused, {
        every: 250,
        patience: 20_000,
      }),
      reader.read("served.log"),
    );
    const before = await Promise.all(["report/nightly-prod", "totals/hourly-prod"].map(deployment));
    await Promise.all(before.map(pastRun));
    const runs = await Promise.all(before.map(runsOf));
    const there = await deployments();

    await reader.follow(page);

    const after = await Promise.all(["report/nightly-prod", "totals/hourly-prod"].map(deployment));
    assert.deepEqual(
      after.map(({ id }) => id),
      before.map(({ id }) => id),
    );
    assert.deepEqual(await deployments(), there);
    assert.deepEqual(
      after.map(({ paused }) => paused),
      [false, false],
    );
    // the guide has run the one that was served, once
    const [nightly, hourly = []] = await Promise.all(after.map(runsOf));
    assert.deepEqual(nightly, runs[0]);
    assert.equal(hourly.length, 2);
    assert.deepEqual(
      runs[1]?.filter((run) => hourly.includes(run)),
      runs[1],
    );
  });

  it("from prefect.yaml has what prefect deploy made of it", async () => {
    const page = new Page("docs/guides/prefect-yaml.md");
    reader.goInto("from-prefect-yaml");
    for (const name of ["flows/reports.py", "prefect.yaml"]) {
      // as Prefect takes it: the page shows a version that it refuses
      reader.write(name, (page.files.get(name) ?? "").replace("version: 1.0", 'version: "1.0"'));
    }
    await typed("prefect work-pool create etl --type process || true", "STAGE=prod prefect --no-prompt deploy --all");
    const before = await Promise.all(["report/nightly", "report/weekly"].map(deployment));
    await Promise.all(before.map(pastRun));
    const runs = await Promise.all(before.map(runsOf));
    const automations = () =>
      client.filter<{ id: string; name: string }>("/automations/filter", {
        automations: { name: { any_: ["nightly__automation_1"] } },
      });
    const [automation] = await automations();
    const there = await deployments();

    await reader.follow(page);

    const after = await Promise.all(["report/nightly", "report/weekly"].map(deployment));
    assert.deepEqual(
      after.map(({ id }) => id),
      before.map(({ id }) => id),
    );
    assert.deepEqual(await deployments(), there);
    assert.deepEqual(await Promise.all(after.map(runsOf)), runs);
    assert.deepEqual(
      (await automations()).map(({ id }) => id),
      [automation?.id],
    );
    await typed("meta-prefect preview --detailed-exitcode");
  });

  long("to schedules, to environments and to secrets", async () => {
    for (const page of ["docs/guides/schedules.md", "docs/guides/environments.md", "docs/guides/secrets.md"]) {
      beginIn(path.basename(page, ".md"));
      await reader.follow(new Page(page));
      await reader.type("meta-prefect destroy --yes");
    }
  });

  long("to pull requests and to trouble, and moves the state to a backend", async () => {
    await typed("prefect work-pool create etl --type process || true");
    beginIn("pull-requests");
    await reader.follow(new Page("docs/guides/pull-requests.md"));

    beginIn("trouble");
    await typed("meta-prefect init", "meta-prefect deploy --yes");
    await reader.follow(new Page("docs/guides/trouble.md"));

    const command = new Page("docs/reference/command.md");
    const moves = command.blocks.find(({ text }) => text.includes("pulumi stack export"));
    const backend = `file://${temporaryFolder()}`;
    await reader.follow(command, { "s3://my-team-state": backend }, (block) => block === moves);
    await typed(
      "meta-prefect preview --detailed-exitcode",
      'test -z "$(ls dev.json 2> /dev/null)"',
      "meta-prefect destroy --yes",
    );
    const deploys = command.blocks.find(({ text }) => text.includes("deploy --env prod --yes"));
    await reader.follow(command, { "s3://my-team-state": backend }, (block) => block === deploys);
    await typed("meta-prefect destroy --yes --env prod");
  });

  /** Types lines that are to end well. */
  async function typed(...lines: string[]): Promise<void> {
    for (const line of lines) {
      const { code, printed } = await reader.type(line);
      assert.equal(code, 0, `${line}\n${printed}`);
    }
  }
});

function script(entrypoint: string, name: string, more: string): string {
  return `from pathlib import Path
from prefect import flow
flow.from_source(source=str(Path(__file__).parent / "flows"), entrypoint="${entrypoint}").deploy(
    name="${name}", work_pool_name="etl", build=False, push=False, ignore_warnings=True, ${more},
)
`;
}

/** Where the objects of Terraform's types are found by their ids. */
const routes: Record<string, string> = {
  prefect_deployment: "/deployments",
  prefect_flow: "/flows",
  prefect_variable: "/variables",
  prefect_global_concurrency_limit: "/v2/concurrency_limits",
};

/** Makes, as Terraform's provider does, what the guide names, and gives it as that writes it. */
async function provided(client: PrefectClient): Promise<ProvidedObject[]> {
  const pool = await client.post<{ id: string }>("/work_pools/", { name: "etl", type: "process" });
  const flow = await client.post<{ id: string }>("/flows/", { name: "report", tags: [] });
  const made = await client.post<Deployment>("/deployments/", {
    name: "nightly",
    flow_id: flow.id,
    entrypoint: "reports.py:report",
    path: "/srv/flows",
    work_pool_name: "etl",
    parameters: { day: "yesterday" },
    parameter_openapi_schema: { type: "object", properties: { day: { type: "string" } } },
    tags: ["warehouse"],
    pull_steps: [{ "prefect.deployments.steps.set_working_directory": { directory: "/srv/flows" } }],
  });
  const schedules = [{ active: true, slug: "nightly", schedule: { cron: "0 3 * * *", timezone: "Europe/Berlin" } }];
  const [schedule] = await client.post<{ id: string }[]>(`/deployments/${made.id}/schedules`, schedules, aList);
  const limit = await client.post<{ id: string }>("/v2/concurrency_limits/", { name: "warehouse", limit: 10 });
  const variable = await client.post<{ id: string }>("/variables/", { name: "region", value: "eu-1", tags: [] });
  return [
    {
      type: "prefect_deployment",
      name: "nightly",
      attributes: {
        id: made.id,
        name: "nightly",
        flow_id: flow.id,
        entrypoint: "reports.py:report",
        path: "/srv/flows",
        work_pool_name: "etl",
        work_queue_name: "default",
        parameters: '{"day":"yesterday"}',
        parameter_openapi_schema: '{"properties":{"day":{"type":"string"}},"type":"object"}',
        job_variables: "{}",
        tags: ["warehouse"],
        paused: false,
        enforce_parameter_schema: true,
        pull_steps: [{ type: "set_working_directory", directory: "/srv/flows" }],
      },
    },
    {
      type: "prefect_deployment_schedule",
      name: "nightly",
      attributes: {
        id: schedule?.id ?? "",
        deployment_id: made.id,
        active: true,
        slug: "nightly",
        cron: "0 3 * * *",
        timezone: "Europe/Berlin",
        day_or: true,
      },
    },
    { type: "prefect_flow", name: "report", attributes: { id: flow.id, name: "report", tags: [] } },
    {
      type: "prefect_global_concurrency_limit",
      name: "warehouse",
      attributes: {
        id: limit.id,
        name: "warehouse",
        limit: 10,
        active: true,
        active_slots: 0,
        slot_decay_per_second: 0,
      },
    },
    {
      type: "prefect_variable",
      name: "region",
      attributes: { id: variable.id, name: "region", value: { type: "string", value: "eu-1" }, tags: [] },
    },
    {
      type: "prefect_work_pool",
      name: "etl",
      attributes: { id: pool.id, name: "etl", type: "process", paused: false, concurrency_limit: null },
    },
  ];
}
