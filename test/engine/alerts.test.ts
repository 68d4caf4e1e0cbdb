import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { until } from "../../processes/until";
import type { PrefectClient } from "../../provider/api/client";
import { nothing } from "../../provider/api/shape";
import { block } from "../../provider/kinds/block";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
import { Driven } from "../support/driven";
import { prefectClient, temporaryFolder, tools } from "../support/environment";
import { long } from "../support/long";
import { Page } from "../support/page";
import { PulumiProject } from "../support/pulumiProject";

interface Deployed {
  name: string;
  url: string;
  run: string;
  log?: string;
}

interface Run {
  id: string;
  name: string;
  state_type: string;
  run_count: number;
  parameters: object;
}

const ended = /COMPLETED|FAILED|CRASHED|CANCELLED/;

describe("the guide to alerts, as it is written,", () => {
  // it goes on in the folder of the second tutorial
  const files = new Map([
    ...new Page("docs/tutorials/2-typescript.md").files,
    ...new Page("docs/guides/alerts.md").files,
  ]);
  const shown = (name: string) => files.get(name) ?? assert.fail(`no page shows ${name}`);
  let project: PulumiProject;
  let client: PrefectClient;

  before(async () => {
    client = await prefectClient();
    const folder = temporaryFolder();
    fs.writeFileSync(
      path.join(folder, "package.json"),
      JSON.stringify({ name: "my-flows", version: "1.0.0", main: "index.ts" }),
    );
    fs.mkdirSync(path.join(folder, "flows"));
    for (const name of ["Pulumi.yaml", "tsconfig.json", "flows/flows.py", "index.ts"]) {
      fs.writeFileSync(path.join(folder, name), shown(name));
    }
    project = await PulumiProject.installed(folder);
  });
  afterEach(() => project.destroy());

  const typeCheck = () =>
    run(path.join(root, "node_modules", ".bin", "tsc"), ["-p", ".", "--noEmit", "--noCheck", "false"], {
      cwd: project.folder,
    });

  /** Runs a deployment by the command that it shows, to the end. */
  async function runOnce({ run: command }: Deployed): Promise<Run> {
    const { python } = await tools();
    const PATH = [path.dirname(python), process.env.PATH].join(path.delimiter);
    const printed = await run("sh", ["-c", command], { env: { ...project.env, PATH } });
    return endOf(/UUID: ([0-9a-f-]{36})/.exec(printed)?.[1] ?? assert.fail(printed));
  }

  async function endOf(id: string): Promise<Run> {
    return answerOf(async () => {
      const found = await client.find<Run>(`/flow_runs/${id}`);
      return found && ended.test(found.state_type) ? found : undefined;
    }, `run ${id} doesn't end`);
  }

  long("has an alert that is sent, and a deployment without a recipe that runs when its event comes", async () => {
    const hook = await webhook();
    const target = new Driven(block, client);
    // the notations of Apprise, whose Slack is hooks.slack.com alone
    await target.up({
      name: "data-team",
      blockTypeSlug: "slack-webhook",
      data: { url: `json://127.0.0.1:${hook.port}/` },
    });
    try {
      project.write("index.ts", shown("index.ts, with an alert and a deployment without a recipe"));
      await typeCheck();
      await project.up();
      await project.pulumi("preview", "--expect-no-changes");

      const [nightly] = await project.output<Deployed[]>("deployed");
      const good = await runOnce(nightly as Deployed);
      assert.equal(good.state_type, "COMPLETED");
      project.write("flows/flows.py", shown("flows/flows.py").replace("print(", "raise ValueError("));
      const bad = await runOnce(nightly as Deployed);
      assert.equal(bad.state_type, "FAILED");
      await answerOf(() => Promise.resolve(hook.received.length > 0 || undefined), "the webhook isn't called");
      assert.deepEqual(hook.received.length, 1);
      assert.ok(hook.received[0]?.includes(`${bad.name} failed`), hook.received[0]);

      const id = (await project.resources()).get("sums")?.id;
      await client.post(
        "/events",
        [
          {
            id: crypto.randomUUID(),
            occurred: new Date().toISOString(),
            event: "data.ready",
            resource: { "prefect.resource.id": "data.sums" },
          },
        ],
        nothing,
      );
      const runs = { deployments: { id: { any_: [id] } } };
      const started = await answerOf(
        async () => (await client.filter<Run>("/flow_runs/filter", runs))[0],
        "nothing is run",
      );
      const summed = await endOf(started.id);
      assert.deepEqual([summed.state_type, summed.parameters], ["COMPLETED", { x: 1 }]);
    } finally {
      project.write("flows/flows.py", shown("flows/flows.py"));
      await target.delete();
      await hook.close();
    }
  });
});

/** A receiver of webhooks on loopback, with the bodies that have come. */
async function webhook(): Promise<{ port: number; received: string[]; close: () => Promise<void> }> {
  const received: string[] = [];
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, received, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** What a question gives once it gives something. */
async function answerOf<T>(ask: () => Promise<T | undefined>, problem: string): Promise<T> {
  return (await until(ask, { every: 250, patience: 90_000 })) ?? assert.fail(problem);
}
