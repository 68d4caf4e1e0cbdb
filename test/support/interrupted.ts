import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { processesWith } from "../../processes/processTable";
import { type Calling, type Ended, metaPrefect } from "./command";
import { prefectClient, temporaryFolder, testEnvironment } from "./environment";

const flows = ["one", "two", "three", "four", "five"];

/** The exit codes of what a signal ends, as shells have them. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
type Signal = keyof typeof exitCodes;
type Command = "deploy" | "destroy";

/** When a command gets its first signal. */
interface Moment {
  /** What it has said by then. */
  said: RegExp;
  /** How long after that, in milliseconds. */
  later: number;
}

/** How long after a signal the next one is sent, in milliseconds. */
const between = 1_200;

/**
 * Tests of a command that gets signals while it is at work: the next one goes on and ends right.
 *
 * @param moments when the first signal is sent, as parts of the time that the command takes
 */
export function forInterruptions(
  command: Command,
  signals: [Signal, ...Signal[]],
  moments: number[],
  next: Command = "deploy",
): void {
  const what = `${signals.join(" and ")} in a ${command}`;
  let usual: number | undefined;
  let interrupted = 0;
  for (const moment of moments) {
    it(`${next} goes on after ${what} of which ${Math.round(moment * 100)} % are over`, async () => {
      const folder = await FolderOfFlows.create();
      try {
        if (command === "destroy") await folder.call("deploy", "--yes");
        usual ??= await usualTime(command);
        const isInterrupted = await folder.interrupt(command, signals, { said: /./, later: moment * usual });
        if (isInterrupted) interrupted += 1;
        if (next === "deploy") {
          await folder.call("deploy", "--yes");
          await folder.isDeployed();
        }
      } finally {
        await folder.call("destroy", "--yes");
      }
      await folder.isTakenDown();
    });
  }
  it(`${what} came before its end at most of these moments`, () => assert.ok(interrupted > moments.length / 2));
}

/** A folder with a YAML for some flows, whose deployments have a name of their own. */
export class FolderOfFlows {
  private readonly id: string;
  private readonly env: NodeJS.ProcessEnv;

  private constructor(
    private readonly folder: string,
    tools: NodeJS.ProcessEnv,
  ) {
    this.id = path.basename(folder).toLowerCase();
    this.env = { ...tools, META_PREFECT_TEST: this.id };
    const defined = flows.map((flow) => `@flow(name="${flow} ${this.id}")\ndef ${flow}(x: int = 1): ...\n`);
    fs.writeFileSync(path.join(folder, "flows.py"), `from prefect import flow\n${defined.join("")}`);
    const variables = `{ name: ${this.id}, schedule: { cron: "0 9 * * *" } }`;
    const deployments = flows.map(
      (flow) => `  "${flow} ${this.id}": [{ recipe: local_run_deployer, variables: ${variables} }]\n`,
    );
    fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), `deployments:\n${deployments.join("")}`);
  }

  static async create(): Promise<FolderOfFlows> {
    const { PULUMI_CONFIG_PASSPHRASE: _, ...tools } = await testEnvironment();
    return new FolderOfFlows(temporaryFolder(), tools);
  }

  /** Calls the command, which is to end well. */
  async call(...words: string[]): Promise<Ended> {
    const ended = await this.try(words);
    assert.equal(ended.code, 0, `${words.join(" ")}\n${ended.said}\n${ended.printed}`);
    return ended;
  }

  /** The same, with nobody who reads on after its first line. */
  async callUnread(...words: string[]): Promise<void> {
    const { code } = await this.try(words, ({ stdout, stderr }) => [stdout, stderr].forEach((one) => one?.destroy()));
    assert.equal(code, 0);
  }

  /** Calls a command that gets signals; gives whether they came before its end. */
  async interrupt(command: Command, signals: [Signal, ...Signal[]], moment: Moment): Promise<boolean> {
    let isDue = false;
    const { code, said } = await this.try([command, "--yes"], (child, said) => {
      if (isDue || !moment.said.test(said)) return;
      isDue = true;
      signals.forEach((signal, i) => setTimeout(() => child.kill(signal), moment.later + i * between));
    });
    assert.ok(code === exitCodes[signals[0]] || code === 0, `${code}\n${said}`);
    if (code !== 0) assert.match(said, /error: stopped; the same command goes on from here$/m);
    assert.doesNotMatch(said, /\n {4}at /);
    return code !== 0;
  }

  /** All is there once, in the state and on the server, and nothing is to be done. */
  async isDeployed(): Promise<void> {
    assert.match((await this.call("pulumi", "preview", "--expect-no-changes")).printed, /unchanged/);
    assert.match((await this.call("preview", "--refresh")).printed, /^nothing to change$/m);
    assert.doesNotMatch((await this.call("pulumi", "stack", "export")).printed, /pending_operations/);
    assert.deepEqual(await this.deployments(), flows.map((flow) => `${flow} ${this.id}-dev`).sort());
    assert.equal(this.workers(), 1);
  }

  /** Nothing is left, nor runs. */
  async isTakenDown(): Promise<void> {
    assert.deepEqual(await this.deployments(), []);
    assert.equal(this.workers(), 0);
    assert.match((await this.call("destroy", "--yes")).said, /^nothing to take down: there is no stack dev$/m);
  }

  private try(words: string[], watch?: Calling["watch"]): Promise<Ended> {
    return metaPrefect(words, { cwd: this.folder, env: this.env, watch });
  }

  private async deployments(): Promise<string[]> {
    const client = await prefectClient();
    const found = await client.filter<{ name: string; flow_id: string }>("/deployments/filter", {
      deployments: { name: { any_: [`${this.id}-dev`] } },
    });
    const named = await Promise.all(
      found.map(
        async ({ name, flow_id }) => `${(await client.find<{ name: string }>(`/flows/${flow_id}`))?.name} ${name}`,
      ),
    );
    return named.map((text) => text.replace(` ${this.id} `, " ")).sort();
  }

  private workers(): number {
    return processesWith("META_PREFECT_TEST", this.id).filter(isWorker).length;
  }
}

/** How long a command takes that nobody interrupts, in milliseconds. */
async function usualTime(command: Command): Promise<number> {
  const folder = await FolderOfFlows.create();
  const took = async (...words: string[]) => {
    const started = Date.now();
    await folder.call(...words);
    return Date.now() - started;
  };
  const [deploy, destroy] = [await took("deploy", "--yes"), await took("destroy", "--yes")];
  return command === "deploy" ? deploy : destroy;
}

function isWorker({ pid }: { pid: number }): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0worker\0start\0");
  } catch {
    // it has ended meanwhile
    return false;
  }
}
