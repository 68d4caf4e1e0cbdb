import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { callersOn, deploymentsNamed } from "../../cli/engine/callers";
import { freePort } from "../../processes/freePort";
import { PrefectClient } from "../../provider/api/client";
import { resolveConnection } from "../../provider/api/connection";
import { nothing } from "../../provider/api/shape";
import type { Json } from "../../provider/engine/kind";
import { contractsOf } from "../../report/contracts";
import { prefectClient, temporaryFolder, testEnvironment, tools } from "../support/environment";

const hour = 60 * 60_000;
const inHours = (hours: number) => new Date(Date.now() + hours * hour).toISOString();
const schemaOf = (properties: Json, required: string[]) => ({
  type: "object",
  title: "Parameters",
  properties,
  required,
});

describe("what calls a deployment on the server", () => {
  let client: PrefectClient;
  let flowId: string;
  before(async () => {
    client = await prefectClient();
    flowId = (await client.post<{ id: string }>("/flows/", { name: "called" })).id;
  });

  const deployed = async (name: string, body: Json) =>
    (
      await client.post<{ id: string }>("/deployments/", {
        name,
        flow_id: flowId,
        enforce_parameter_schema: true,
        ...body,
      })
    ).id;
  const automation = async (name: string, action: Json) => {
    const trigger = { type: "event", posture: "Reactive", expect: ["never"], threshold: 1, within: 0 };
    const actions = [{ type: "do-nothing" }, { type: "run-deployment", ...action }];
    return (await client.post<{ id: string }>("/automations/", { name, enabled: true, trigger, actions })).id;
  };
  const asked = async (id: string, name: string, parameters: Json, hours: number) => {
    const state = { type: "SCHEDULED", state_details: { scheduled_time: inHours(hours) } };
    return (await client.postOnce<{ id: string }>(`/deployments/${id}/create_flow_run`, { name, parameters, state }))
      .id;
  };

  it("are its automations, its late runs and those that were asked for", async () => {
    const schedule = { schedule: { interval: 3600, anchor_date: "2026-01-01T00:00:00Z" } };
    const id = await deployed("all", {
      parameters: { own: 1 },
      schedules: [{ ...schedule, slug: "s", parameters: { by: "s" } }],
    });
    const other = await deployed("other", {});
    await automation("selected", { deployment_id: id, parameters: { x: 1, t: "{{ event.id }}" } });
    await automation("without parameters", { deployment_id: id });
    const own = await automation("own", { deployment_id: id, parameters: { x: 2 } });
    await automation("of another", { deployment_id: other });
    await automation("inferred", { source: "inferred" });
    await asked(id, "asked", { by: "hand" }, 3);
    await asked(other, "of another", {}, 3);
    // as the scheduler makes them: one is late, others are due later
    await client.post(
      `/deployments/${id}/schedule`,
      { start_time: inHours(-1.5), end_time: inHours(2), max_runs: 3 },
      nothing,
    );

    const called = [{ deployment: "called/all", id }];
    const { callers, left } = await callersOn(client, called, [own]);
    assert.deepEqual(left, []);
    const runs = callers.filter(({ kind }) => kind === "run");
    assert.deepEqual(
      callers.filter(({ kind }) => kind === "automation").sort((a, b) => (a.name < b.name ? -1 : 1)),
      [
        {
          kind: "automation",
          deployment: "called/all",
          name: "selected",
          parameters: { x: 1, t: { __prefect_kind: "unknown" } },
        },
        { kind: "automation", deployment: "called/all", name: "without parameters", parameters: {} },
      ],
    );
    assert.ok(runs.every(({ deployment }) => deployment === "called/all"));
    const late = runs.filter(({ due }) => Date.parse(due ?? "") < Date.now());
    assert.ok(late.length >= 1);
    for (const { parameters } of late) assert.deepEqual(parameters, { own: 1, by: "s" });
    const later = runs.filter((run) => !late.includes(run));
    assert.deepEqual(
      later.map(({ name, parameters }) => [name, parameters]),
      [["asked", { own: 1, by: "hand" }]],
    );

    // and those that were left out are the ones that Prefect makes anew
    await client.patch(`/deployments/${id}`, { parameters: { own: 2 } });
    const after = await callersOn(client, called, [own]);
    assert.deepEqual(
      after.callers
        .filter(({ kind }) => kind === "run")
        .map(({ name }) => name)
        .sort(),
      runs.map(({ name }) => name).sort(),
    );

    const few = await callersOn(client, called, [own], { automations: 1, runs: 1 });
    assert.deepEqual(few.left, [
      "only 1 automations of the server were looked at",
      "only the first 1 runs that wait were looked at",
    ]);
  });

  it("isn't looked at when nothing changes, and is told not to be when the server is away", async () => {
    const port = await freePort();
    const variables = { PREFECT_API_URL: `http://127.0.0.1:${port}/api`, PREFECT_HOME: temporaryFolder() };
    const away = new PrefectClient(
      resolveConnection(() => undefined, variables),
      { firstContact: 500, total: 500 },
    );
    assert.deepEqual(await callersOn(away, [], []), { callers: [], left: [] });
    const { callers, left } = await callersOn(
      away,
      [{ deployment: "a/b", id: "00000000-0000-4000-8000-000000000000" }],
      [],
    );
    assert.deepEqual(callers, []);
    assert.match(left.join("\n"), /^what calls the deployments on the server wasn't looked at: .*127\.0\.0\.1/);
  });

  it("may be one of those that the server has by their names", async () => {
    await deployed("named", {});
    const names = ["called/named", "called/nobody", "nobody/named", "no name", "__proto__/a\nb"];
    assert.deepEqual(await deploymentsNamed(client, names), ["called/named"]);
    assert.deepEqual(await deploymentsNamed(client, []), []);
  });

  it("is a run that fails when it starts, when it waits with what the flow doesn't take any more", async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "flows.py");
    fs.writeFileSync(file, "from prefect import flow\n@flow\ndef called(date: str = 'x', n: int = 1): ...\n");
    const before = schemaOf({ day: { type: "string" }, n: { type: "string", default: "1" } }, []);
    const id = await deployed("waiting", {
      path: folder,
      entrypoint: "flows.py:called",
      parameter_openapi_schema: before,
    });
    // late ones, since one that is due later is waited for
    const runs = {
      renamed: await asked(id, "renamed", { day: "today" }, -0.1),
      converted: await asked(id, "converted", { n: "5" }, -0.1),
      unconverted: await asked(id, "unconverted", { n: "five" }, -0.1),
    };
    const now = schemaOf({ date: { type: "string", default: "x" }, n: { type: "integer", default: 1 } }, []);
    await client.patch(`/deployments/${id}`, { parameter_openapi_schema: now });

    const { callers } = await callersOn(client, [{ deployment: "called/waiting", id }], []);
    const contract = { isEnforced: true, takesMore: false, parameters: {} };
    const change = {
      deployment: "called/waiting",
      before: { ...contract, schema: before },
      after: { ...contract, schema: now },
    };
    const told = new Map(contractsOf([change], callers).map(({ caller, message }) => [caller.name, message]));
    assert.deepEqual([...told.keys()].sort(), ["converted", "renamed", "unconverted"]);

    const [{ python }, env] = [await tools(), await testEnvironment()];
    const ended = await Promise.all(
      Object.entries(runs).map(async ([name, run]) => {
        const call = promisify(execFile)(python, ["-m", "prefect", "flow-run", "execute", run], {
          cwd: folder,
          env,
          timeout: 60_000,
        });
        await call.catch(() => undefined);
        const { state } = (await client.find<{ state: { type: string; message?: string } }>(`/flow_runs/${run}`)) ?? {};
        return { name, state };
      }),
    );
    assert.deepEqual(
      ended.map(({ name, state }) => [name, state?.type]),
      [
        ["renamed", "CRASHED"],
        ["converted", "COMPLETED"],
        ["unconverted", "FAILED"],
      ],
    );
    assert.match(told.get("renamed") ?? "", /; it fails when it starts$/);
    assert.match(told.get("converted") ?? "", /; it fails when it starts, unless the flow can convert it$/);
  }).timeout(120_000);
});
