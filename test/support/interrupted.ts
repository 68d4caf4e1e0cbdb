import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { processesWith } from "../../processes/processTable";
import { metaPrefect } from "./command";
import { prefectClient, temporaryFolder, testEnvironment } from "./environment";

const flows = ["one", "two", "three", "four", "five"];

/** The exit codes of what a signal ends, as shells have them. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
type Signal = keyof typeof exitCodes;

/** How long after a signal the next one is sent, in milliseconds. */
const between = 1_200;

/**
 * Tests of a command that gets signals while it is at work: the next one goes on and ends right.
 *
 * @param moments when the first signal is sent, as parts of the time that the command takes
 */
export function forInterruptions(
  command: "deploy" | "destroy",
  signals: [Signal, ...Signal[]],
  moments: number[],
): void {
  let usual: number | undefined;
  for (const moment of moments) {
    it(`goes on after ${signals.join(" and ")} when ${Math.round(moment * 100)} % of a ${command} are over`, async () => {
      const { folder, env, call, id } = await folderOfFlows();
      try {
        if (command === "destroy") await call("deploy", "--yes");
        usual ??= await usualTime(command);
        const { code, said } = await metaPrefect([command, "--yes"], {
          cwd: folder,
          env,
          watch: once((child) => {
            signals.forEach((signal, i) =>
              setTimeout(() => child.kill(signal), moment * (usual as number) + i * between),
            );
          }),
        });
        // it may have been over before the signal came
        assert.ok(code === exitCodes[signals[0]] || code === 0, `${code}\n${said}`);
        if (code !== 0) assert.match(said, /error: stopped; the same command goes on from here$/m);
        assert.doesNotMatch(said, /\n {4}at /);

        await call("deploy", "--yes");
        assert.match((await call("pulumi", "preview", "--expect-no-changes")).printed, /unchanged/);
        assert.match((await call("preview", "--refresh")).printed, /^nothing to change$/m);
        assert.doesNotMatch((await call("pulumi", "stack", "export")).printed, /pending_operations/);
        assert.deepEqual(await deployments(id), flows.map((flow) => `${flow} ${id}-dev`).sort());
        assert.equal(processesWith("META_PREFECT_TEST", id).filter(isWorker).length, 1);
      } finally {
        await call("destroy", "--yes");
      }
      assert.deepEqual(await deployments(id), []);
      assert.equal(processesWith("META_PREFECT_TEST", id).filter(isWorker).length, 0);
    });
  }
}

/** A folder with a YAML for some flows, whose deployments have a name of their own. */
async function folderOfFlows() {
  const folder = temporaryFolder();
  const id = path.basename(folder).toLowerCase();
  const { PULUMI_CONFIG_PASSPHRASE: _, ...tools } = await testEnvironment();
  const env = { ...tools, META_PREFECT_TEST: id };
  const defined = flows.map((flow) => `@flow(name="${flow} ${id}")\ndef ${flow}(x: int = 1): ...\n`);
  fs.writeFileSync(path.join(folder, "flows.py"), `from prefect import flow\n${defined.join("")}`);
  const deployments = flows.map(
    (flow) =>
      `  "${flow} ${id}": [{ recipe: local_run_deployer, variables: { name: ${id}, schedule: { cron: "0 9 * * *" } } }]\n`,
  );
  fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), `deployments:\n${deployments.join("")}`);
  const call = async (...words: string[]) => {
    const ended = await metaPrefect(words, { cwd: folder, env });
    assert.equal(ended.code, 0, `${words.join(" ")}\n${ended.said}\n${ended.printed}`);
    return ended;
  };
  return { folder, env, call, id };
}

/** How long a command takes that nobody interrupts, in milliseconds. */
async function usualTime(command: "deploy" | "destroy"): Promise<number> {
  const { call } = await folderOfFlows();
  const took = async (...words: string[]) => {
    const started = Date.now();
    await call(...words);
    return Date.now() - started;
  };
  const [deploy, destroy] = [await took("deploy", "--yes"), await took("destroy", "--yes")];
  return command === "deploy" ? deploy : destroy;
}

/** Does something at the first call alone. */
function once<Argument>(work: (argument: Argument) => unknown): (argument: Argument) => void {
  let isDone = false;
  return (argument) => {
    if (!isDone) work(argument);
    isDone = true;
  };
}

async function deployments(id: string): Promise<string[]> {
  const client = await prefectClient();
  const found = await client.filter<{ name: string; flow_id: string }>("/deployments/filter", {
    deployments: { name: { any_: [`${id}-dev`] } },
  });
  const named = await Promise.all(
    found.map(
      async ({ name, flow_id }) => `${(await client.find<{ name: string }>(`/flows/${flow_id}`))?.name} ${name}`,
    ),
  );
  return named.map((text) => text.replace(` ${id} `, " ")).sort();
}

function isWorker({ pid }: { pid: number }): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0worker\0start\0");
  } catch {
    // it has ended meanwhile
    return false;
  }
}
