import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { temporaryFolder } from "./environment";

const urn = "urn:pulumi:dev::theirs::pulumi-nodejs:dynamic/prefect:Worker::etl";

const script = `#!/bin/sh
case "$1" in
  preview | stack) cat "$1.json" ;;
  *) cat event.json && touch "$1.done" ;;
esac
`;

/**
 * A folder with a Pulumi program of one's own, and a `pulumi` that has a worker in its state, which is a process that runs, and is going to
 * update it.
 */
export class PulumiStandIn {
  readonly folder = temporaryFolder();
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    const inputs = { name: "etl", workPoolName: "etl" };
    const logFile = path.join(this.folder, "worker.log");
    const outputs = {
      ...inputs,
      pid: process.pid,
      startTime: startTime(),
      host: os.hostname(),
      healthPort: 1,
      logFile,
    };
    const worker = { urn, type: "pulumi-nodejs:dynamic/prefect:Worker", custom: true, id: "etl", inputs, outputs };
    const metadata = { op: "update", urn, old: worker, new: worker };
    this.write("Pulumi.yaml", "name: theirs\nruntime: nodejs\n");
    this.write("preview.json", JSON.stringify({ steps: [{ op: "update", urn, oldState: worker, newState: worker }] }));
    this.write("stack.json", JSON.stringify({ deployment: { resources: [worker] } }));
    this.write("event.json", `${JSON.stringify({ resOutputsEvent: { metadata } })}\n`);
    this.write("worker.log", "started\n".repeat(200));
    this.write("bin/pulumi", script);
    const { META_PREFECT__ENV: _, ...others } = process.env;
    const PATH = `${path.join(this.folder, "bin")}${path.delimiter}${process.env.PATH ?? ""}`;
    this.env = { ...others, PATH, HOME: this.folder, PREFECT_API_URL: "http://127.0.0.1:9/api" };
  }

  /** Whether Pulumi has done what a word asks it for, to its end. */
  hasDone(word: "up" | "destroy"): boolean {
    return fs.existsSync(path.join(this.folder, `${word}.done`));
  }

  private write(file: string, text: string): void {
    fs.mkdirSync(path.dirname(path.join(this.folder, file)), { recursive: true });
    fs.writeFileSync(path.join(this.folder, file), text, { mode: 0o755 });
  }
}

/** When this process was started, as a Mac is asked for it. */
function startTime(): string {
  const env = { ...process.env, LC_ALL: "C" };
  return execFileSync("ps", ["-o", "lstart=", "-p", String(process.pid)], { encoding: "utf8", env }).trim();
}
