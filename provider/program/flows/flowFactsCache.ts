import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheFolder } from "../../../processes/cacheFolder";
import { debug } from "../../api/debug";
import { messageOf } from "../../api/errors";
import type { FlowFacts } from "./flowFacts";
import type { Reader } from "./flowReader";
import { packageFiles, packageFolder } from "./pythonPackage";

/** What a flow was read from: files and folders, each with a mark that changes with it. */
export type Basis = Record<string, string>;

/** A flow, and by what it is read. */
export interface Asked {
  reader: Reader;
  folder: string;
  entrypoint: string;
}

/** Variables that differ from one run to the next and say nothing to a flow file. */
const passing = /^(npm_|INIT_CWD$|SHLVL$|_$|PWD$|OLDPWD$|TERM|COLUMNS$|LINES$|SSH_|TRACEPARENT$|OTEL_|NODE)/;

/** What was found out about a flow earlier, if all that it was read from is still the same; undefined otherwise. */
export function recall(asked: Asked): FlowFacts | undefined {
  try {
    const file = cacheFile(asked);
    if (!fs.existsSync(file)) return undefined;
    const { facts, basis } = JSON.parse(fs.readFileSync(file, "utf8")) as { facts: FlowFacts; basis: Basis };
    return Object.entries(basis).every(([place, mark]) => markOf(place) === mark) ? facts : undefined;
  } catch (error) {
    debug(`the facts of ${asked.entrypoint} are read again: ${messageOf(error)}`);
    return undefined;
  }
}

/** Keeps what was found out about a flow, for this user alone. */
export function remember(asked: Asked, facts: FlowFacts, basis: Basis): void {
  try {
    const file = cacheFile(asked);
    const folder = path.dirname(file);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    // an earlier version made it for all
    fs.chmodSync(folder, 0o700);
    // another program may read it at the same time
    fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify({ facts, basis }), { mode: 0o600 });
    fs.renameSync(`${file}.${process.pid}`, file);
  } catch (error) {
    debug(`the facts of ${asked.entrypoint} are not kept: ${messageOf(error)}`);
  }
}

/** The same as `mark` in code_hash.py. */
function markOf(place: string): string {
  const status = fs.statSync(place, { throwIfNoEntry: false, bigint: true });
  if (!status) return "absent";
  return `${status.mtimeNs / 1_000_000n}-${status.isFile() ? status.size : 0n}`;
}

/** Named by all that says how the flow is read: the interpreter, the way, the scripts and decorators, and what their process sees. */
function cacheFile({ reader: { python, args, env }, folder, entrypoint }: Asked): string {
  const environment = Object.entries(env)
    .filter(([name]) => !passing.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const scripts = fs.readdirSync(scriptFolder).filter((name) => name.endsWith(".py"));
  const files = [
    ...scripts.sort().map((name) => path.join(scriptFolder, name)),
    ...packageFiles.map((name) => path.join(packageFolder, name)),
  ];
  const texts = files.map((file) => fs.readFileSync(file, "utf8"));
  const key = JSON.stringify([python, args, folder, entrypoint, environment, ...texts]);
  return cacheFolder("flow-facts", `${createHash("sha256").update(key).digest("hex")}.json`);
}

/** Where what reads flows lies: beside the source of this file. */
export const scriptFolder = path.join(__dirname, "..", "..", "..", "..", "provider", "program", "flows");
