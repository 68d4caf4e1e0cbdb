import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";
import * as readline from "node:readline";
import { root } from "../../../tools/root";
import { testEnvironment } from "../environment";

const folder = path.join(root, "test/support/prefectYaml");

/** What became of a `prefect deploy --all`. */
export interface Deploying {
  /** Its exit code. */
  code: number;
  /** All that it printed. */
  said: string;
}

/** The real `prefect deploy --all`, in one folder after the other: Prefect is loaded once. */
export class DeployAll {
  private readonly answers: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcess) {
    if (!child.stdout) throw new Error("the process has no output");
    this.answers = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** One that works with the tests' server, and finds steps that stand for prefect-docker's. */
  static async start(): Promise<DeployAll> {
    const { META_PREFECT__PYTHON: python = "python3", ...env } = await testEnvironment();
    const { PATH, HOME, LANG } = process.env;
    const child = spawn(python, [path.join(folder, "deploy_all.py"), path.join(folder, "stand-ins")], {
      // nothing of a CI's own variables, from which Prefect would take versions
      env: { PATH, HOME, LANG, ...env, COLUMNS: "500", NO_COLOR: "1" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    return new DeployAll(child);
  }

  /** @param env variables besides those of the tests */
  async run(where: string, env: Record<string, string> = {}): Promise<Deploying> {
    for (let tries = 1; ; tries += 1) {
      this.child.stdin?.write(`${JSON.stringify({ folder: where, env })}\n`);
      const answer = await this.answers.next();
      if (answer.done) throw new Error("the process that deploys has ended");
      const outcome = JSON.parse(answer.value) as Deploying;
      // a server on SQLite that is busy answers so
      if (outcome.code === 0 || !outcome.said.includes("503 Service Unavailable") || tries === 5) return outcome;
    }
  }

  stop(): void {
    this.child.stdin?.end();
  }
}
