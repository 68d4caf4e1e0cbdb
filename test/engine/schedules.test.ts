import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { PrefectClient } from "../../provider/api/client";
import { prefectClient } from "../support/environment";
import { long } from "../support/long";
import { PulumiProject } from "../support/pulumiProject";

const program = (deployment: object) => `
  const { LocalRunDeployer } = require("meta-prefect");
  const given = ${JSON.stringify({ name: "d", entrypoint: "flows.py:ticks", parameterOpenapiSchema: {}, ...deployment })};
  const deployer = new LocalRunDeployer("local", { deployments: [given] });
  exports.nested = { schedules: deployer.schedules };
`;

interface Forecast {
  slug: string;
  active?: boolean;
  paused?: true;
  asOf: string;
  nextRuns: string[];
  skippedDays: string[];
}

describe("a wrong schedule", () => {
  let project: PulumiProject;
  before(async () => {
    project = await PulumiProject.create("");
    // what is wrong shows without a server
    project.env.PREFECT_API_URL = "http://127.0.0.1:9/api";
  });

  const mistakes: [string, object, RegExp][] = [
    [
      "a bare cron expression",
      { schedule: "0 6 * * *" },
      /schedule .*must be an object such as \{ cron: "0 6 \* \* \*" \}, not "0 6 \* \* \*"/,
    ],
    ["a list of cron expressions", { schedules: ["0 6 * * *"] }, /schedules\[0\] .*must be an object such as \{ cron:/],
    [
      "a cron expression for a list",
      { schedules: "0 6 * * *" },
      /schedules .*must be a list of objects such as \[\{ cron:/,
    ],
    [
      "an abbreviated zone",
      { schedule: { cron: "0 6 * * *", timezone: "PST" } },
      /schedule\.timezone .*such as America\/Los_Angeles or US\/Pacific, not "PST"/,
    ],
    [
      "a misspelt argument",
      { schedule: { cron: "0 6 * * *", timezon: "UTC" } },
      /schedule\.timezon .*did you mean timezone\?/,
    ],
  ];
  for (const [i, [what, deployment, message]] of mistakes.entries()) {
    (i < 2 ? it : long)(`such as ${what} is one message of the preview, in the program's own terms`, async () => {
      project.program = program(deployment);
      const printed = await project.failure("preview");
      const diagnostics = printed.slice(printed.indexOf("Diagnostics:"));
      assert.match(diagnostics, message);
      assert.equal(diagnostics.match(/error: /g)?.length, 1, diagnostics);
    });
  }
});

describe("a schedule that is deployed", () => {
  const pool = "ticks";
  let project: PulumiProject;
  let client: PrefectClient;
  const found = async () => {
    const deployment = await client.find<{ id: string; schedules: { max_scheduled_runs: number }[] }>(
      "/deployments/name/ticks/d-dev",
    );
    return { id: deployment?.id, most: deployment?.schedules.map((schedule) => schedule.max_scheduled_runs) };
  };
  const deployment = async () => (await project.resources()).get("local-ticks/d");

  before(async () => {
    client = await prefectClient();
    // its runs are made and never executed, as they come by the second
    await client.post("/work_pools/", { name: pool, type: "process", is_paused: true });
    project = await PulumiProject.create("");
  });
  after(() => project.destroy());

  it("that the server refuses leaves its deployment in the state, and the next update mends it", async () => {
    const schedule = (maxScheduledRuns: number) => ({ schedule: { cron: "0 6 * * *", maxScheduledRuns } });
    project.program = program({ ...schedule(1000), workPoolName: pool });
    assert.match(
      await project.failure("up", "--yes", "--skip-preview"),
      /deployment "ticks\/d-dev": its schedules could not be set: .*answered 422/,
    );
    const { id, most } = await found();
    assert.deepEqual(most, []);
    assert.equal((await deployment())?.id, id);
    // the server may have it, so the state knows its slug, and nothing that the program asks for
    const known = (await deployment())?.outputs.schedules as Record<string, unknown>[];
    assert.deepEqual(
      known.map((one) => Object.keys(one)),
      [["slug"]],
    );

    project.program = program({ ...schedule(3), workPoolName: pool });
    await project.up();
    assert.deepEqual(await found(), { id, most: [3] });
    assert.deepEqual(await project.preview(), []);

    project.program = program({ ...schedule(1000), workPoolName: pool });
    assert.match(await project.failure("up", "--yes", "--skip-preview"), /its schedules could not be set/);
    assert.deepEqual(await found(), { id, most: [3] });
    project.program = program({ ...schedule(4), workPoolName: pool });
    await project.up();
    assert.deepEqual(await found(), { id, most: [4] });
  });

  const forecast = async () => (await project.output<{ schedules: Forecast[] }>("nested")).schedules[0] as Forecast;

  it("is foretold the same while nothing else changes, though runs pass", async () => {
    project.program = program({ workPoolName: pool, schedule: { interval: 1, active: true } });
    await project.up();
    const first = await forecast();
    assert.equal(first.nextRuns.length, 5);
    await pause(1100);
    const printed = await project.pulumi("preview", "--diff");
    assert.doesNotMatch(printed, /nextRuns|outputs:/i);
    await project.up();
    assert.deepEqual(await forecast(), first);
  });

  it("is said to be paused, without runs", async () => {
    project.program = program({ workPoolName: pool, schedule: { interval: 1 } });
    const printed = await project.pulumi("preview", "--diff");
    assert.match(printed, /\+ paused *: true/);
    assert.doesNotMatch(printed, /\+ \[0\]: "\d{4}-/);
    await project.up();
    const { active, paused, nextRuns } = await forecast();
    assert.deepEqual({ active, paused, nextRuns }, { active: false, paused: true, nextRuns: [] });
  });

  it("is foretold anew when it changes", async () => {
    project.program = program({ workPoolName: pool, schedule: { interval: 3600, active: true } });
    await project.up();
    const { asOf, nextRuns } = await forecast();
    assert.ok(Date.now() - Date.parse(asOf) < 60_000);
    assert.ok(nextRuns.every((run) => Date.parse(run) > Date.now()));
  });
});
