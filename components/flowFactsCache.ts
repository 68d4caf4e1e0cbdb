import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { debug } from "../provider/debug";
import { messageOf } from "../provider/errors";
import type { FlowFacts } from "./flowFacts";

/** What a flow was read from: files and folders, each with a mark that changes with it. */
export type Basis = Record<string, string>;

/** Variables that differ from one run to the next and say nothing to a flow file. */
const passing = /^(PULUMI_|npm_|INIT_CWD$|SHLVL$|_$|PWD$|OLDPWD$|TERM|COLUMNS$|LINES$|SSH_|TRACEPARENT$|OTEL_|NODE)/;

/** What was found out about a flow earlier, if all that it was read from is still the same; undefined otherwise. */
export function recall(python: string, folder: string, entrypoint: string): FlowFacts | undefined {
  try {
    const file = cacheFile(python, folder, entrypoint);
    if (!fs.existsSync(file)) return undefined;
    const { facts, basis } = JSON.parse(fs.readFileSync(file, "utf8")) as { facts: FlowFacts; basis: Basis };
    return Object.entries(basis).every(([place, mark]) => markOf(place) === mark) ? facts : undefined;
  } catch (error) {
    debug(`the facts of ${entrypoint} are read again: ${messageOf(error)}`);
    return undefined;
  }
}

/** Keeps what was found out about a flow. */
export function remember(python: string, folder: string, entrypoint: string, facts: FlowFacts, basis: Basis): void {
  try {
    const file = cacheFile(python, folder, entrypoint);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    // another program may read it at the same time
    fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify({ facts, basis }));
    fs.renameSync(`${file}.${process.pid}`, file);
  } catch (error) {
    debug(`the facts of ${entrypoint} are not kept: ${messageOf(error)}`);
  }
}

/** The same as `mark` in flow_facts.py. */
function markOf(place: string): string {
  const status = fs.statSync(place, { throwIfNoEntry: false, bigint: true });
  if (!status) return "absent";
  return `${status.mtimeNs / 1_000_000n}-${status.isFile() ? status.size : 0n}`;
}

function cacheFile(python: string, folder: string, entrypoint: string): string {
  const environment = Object.entries(process.env)
    .filter(([name]) => !passing.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const script = fs.readFileSync(path.join(__dirname, "..", "..", "components", "flow_facts.py"), "utf8");
  const key = JSON.stringify([python, folder, entrypoint, environment, script]);
  const home = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache");
  return path.join(home, "meta-prefect", "flow-facts", `${createHash("sha256").update(key).digest("hex")}.json`);
}
