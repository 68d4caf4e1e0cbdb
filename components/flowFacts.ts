import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import type { Socket } from "node:net";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { findPython } from "../provider/python";
import { type Basis, recall, remember } from "./flowFactsCache";

/** What Prefect's own loader tells of a flow, as `prefect deploy` would store it. */
export interface FlowFacts {
  name: string;
  description: string | null;
  /** JSON text of the schema of its parameters. */
  parameterOpenapiSchema: string;
}

export type FlowReading =
  /** A warning says why the flow could not be imported: what was read without an import may lack types and defaults. */
  { facts: FlowFacts; warning?: string } | { error: string };

interface Answer {
  id: number;
  facts?: FlowFacts;
  warning?: string;
  basis?: Basis;
  error?: { kind: "missing" | "unreadable" | "prefect"; message: string };
}

/** How long one flow file may take to be imported, in seconds. */
const importPatience = 30;
const script = path.join(__dirname, "..", "..", "components", "flow_facts.py");

/** One Python process that reads all flows of a program; it ends with the program. */
class FlowReader {
  private readonly pending = new Map<number, (answer: Answer) => void>();
  private readonly child: ChildProcess;
  private errors = "";
  private asked = 0;

  constructor(
    private readonly python: string,
    private readonly ended: () => void,
  ) {
    this.child = spawn(python, [script], { stdio: "pipe" });
    this.child.once("error", (error) => this.fail(`${python} can't be started (${error.message})`));
    this.child.once("exit", () => this.fail(`${python} ended: ${this.errors.trim().split("\n").at(-1) ?? ""}`));
    this.child.stdin?.on("error", () => undefined);
    this.child.stderr?.on("data", (text: Buffer) => (this.errors = (this.errors + text.toString()).slice(-4_000)));
    createInterface({ input: this.child.stdout as Socket }).on("line", (line) => {
      const answer = JSON.parse(line) as Answer;
      this.pending.get(answer.id)?.(answer);
      this.pending.delete(answer.id);
      if (this.pending.size === 0) this.hold(false);
    });
  }

  async read(folder: string, entrypoint: string): Promise<FlowReading> {
    const id = (this.asked += 1);
    const answer = await new Promise<Answer>((resolve) => {
      this.pending.set(id, resolve);
      this.hold(true);
      this.child.stdin?.write(`${JSON.stringify({ id, folder, entrypoint, timeout: importPatience })}\n`);
    });
    if (answer.facts) {
      if (answer.basis) remember(this.python, folder, entrypoint, answer.facts, answer.basis);
      return { facts: answer.facts, warning: answer.warning };
    }
    return {
      error: explain(answer.error ?? { kind: "unreadable", message: "no answer" }, folder, entrypoint, this.python),
    };
  }

  /** Whether the process keeps the program from ending, which it does only while an answer is awaited. */
  private hold(held: boolean): void {
    const handles = [this.child, this.child.stdin, this.child.stdout, this.child.stderr] as (Socket | null)[];
    for (const handle of handles)
      if (held) handle?.ref();
      else handle?.unref();
  }

  private fail(message: string): void {
    this.ended();
    for (const [id, resolve] of this.pending) resolve({ id, error: { kind: "prefect", message } });
    this.pending.clear();
  }
}

function explain(error: NonNullable<Answer["error"]>, folder: string, entrypoint: string, python: string): string {
  const flow = `flow "${entrypoint}" in ${folder}`;
  switch (error.kind) {
    case "missing":
      return `${flow} was not found (${error.message}); correct the entrypoint, which is <file>:<function> of a function with @flow`;
    case "unreadable":
      return `${flow} can't be read (${error.message}); mend the file, or give flowName and parameterOpenapiSchema by hand`;
    case "prefect":
      return (
        `${flow} can't be read, because Prefect can't be used in ${python} (${error.message}); install prefect there, ` +
        "or name the Python that has it by META_PREFECT__PYTHON"
      );
  }
}

const readers = new Map<string, FlowReader>();

/**
 * Reads a flow by Prefect's own loader, in one Python process for all flows of the program; not again while nothing that it was read from
 * has changed.
 *
 * @param folder absolute path of the folder that the entrypoint is relative to
 * @param entrypoint `<file>:<function>`, `<file>:<class>.<method>` or `<module>.<function>`
 */
export async function readFlow(folder: string, entrypoint: string): Promise<FlowReading> {
  const file = entrypoint.includes(":") ? entrypoint.slice(0, entrypoint.lastIndexOf(":")) : undefined;
  const missing = [folder, ...(file ? [path.resolve(folder, file)] : [])].find((place) => !fs.existsSync(place));
  if (missing) return { error: `flow "${entrypoint}": ${missing} does not exist; correct the path or the entrypoint` };

  const python = findPython([process.cwd(), folder]);
  const remembered = recall(python, folder, entrypoint);
  if (remembered) return { facts: remembered };
  let reader = readers.get(python);
  if (!reader) {
    reader = new FlowReader(python, () => readers.delete(python));
    readers.set(python, reader);
  }
  return reader.read(folder, entrypoint);
}

/** The name that Prefect gives to a flow whose decorator names none: its function's, with dashes. */
export function defaultFlowName(entrypoint: string): string {
  return (entrypoint.split(/[:.]/).at(-1) ?? entrypoint).replaceAll("_", "-");
}
