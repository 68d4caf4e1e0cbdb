import { visible } from "../provider/api/visible";
import type { FoundCall } from "../provider/program/flows/runDeployments";
import type { Caller } from "./contracts";

/** A call of `run_deployment` that has to be looked at. */
export interface Call {
  kind: "absent" | "deleted" | "elsewhere";
  file: string;
  line: number;
  /** What is called, as `<flow>/<deployment>`; "…" for what the text doesn't tell. */
  name: string;
  /** All of it in one line. */
  message: string;
}

/** What deployments there are to be called. */
export interface Known {
  /** Names of those that the program has once it is deployed, each as `<flow>/<deployment>`. */
  deployments: string[];
  /** Names of those that are deleted. */
  deleted: string[];
  /** Names of those on the server that calls may mean; undefined when it wasn't asked. */
  onServer?: string[];
  /** The environment of the plan. */
  env?: string;
  /** All environments of the program. */
  environments: string[];
}

/** What the calls of a project's Python come to. */
export interface Calls {
  /** Those to be looked at: of deployments that are deleted, that belong to another environment, or that aren't there. */
  listed: Call[];
  /** The callers of the program's deployments, whose parameters can be checked. */
  callers: Caller[];
  /** How many calls don't say in their text which deployment they mean. */
  untold: number;
}

/** Where a call is, such as "flows/load.py:12". */
export function placeOf({ file, line }: Pick<FoundCall, "file" | "line">): string {
  return `${file}:${line}`;
}

/** Tells which deployments the calls mean, and which of them can't be meant. */
export function callsOf(found: FoundCall[], { deployments, deleted, onServer, ...where }: Known): Calls {
  const known = {
    ...where,
    deployments: new Set(deployments),
    deleted: new Set(deleted),
    ...(onServer && { onServer: new Set(onServer) }),
  };
  const calls: Calls = { listed: [], callers: [], untold: 0 };
  for (const { file, line, name: parts, parameters, isOpen } of found) {
    // an id tells no name, and a text that is unknown up to its slash could be any
    if (isUntold(parts)) {
      calls.untold++;
      continue;
    }
    const meant = matching(parts, known.deployments);
    const kept = { kind: "call" as const, name: placeOf({ file, line }), parameters, ...(isOpen && { isOpen }) };
    calls.callers.push(...meant.map((deployment) => ({ ...kept, deployment })));
    const name = parts.map((part) => part ?? "…").join("");
    const reason = meant.length > 0 ? undefined : reasonOf(parts, name, known);
    if (reason)
      calls.listed.push({ kind: reason.kind, file, line, name, message: messageOf(file, line, name, reason.text) });
  }
  const order = ["deleted", "elsewhere", "absent"];
  calls.listed.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return calls;
}

/** The names of deployments that calls may mean and that the program hasn't, to ask the server for. */
export function namesElsewhere(found: FoundCall[], deployments: string[]): string[] {
  const names = found.flatMap(({ name: [first, ...others] }) =>
    typeof first === "string" && others.length === 0 && !isUntold([first]) ? [first] : [],
  );
  const known = new Set(deployments);
  return [...new Set(names)].filter((name) => !known.has(name));
}

function isUntold(parts: FoundCall["name"]): boolean {
  const [first] = parts;
  if (parts.length === 1 && typeof first === "string")
    return /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(first);
  return !parts.some((part) => part !== null && /[^/]/.test(part));
}

/** Names to be looked up, each once. */
type Names = ReadonlySet<string>;

/** The names that have the parts in their order; one that isn't known is at least one character. */
function matching(parts: FoundCall["name"], names: Names): string[] {
  const [first] = parts;
  if (parts.length === 1 && typeof first === "string") return names.has(first) ? [first] : [];
  const pattern = parts
    .map((part) => (part === null ? "[^]+" : part.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")))
    .join("");
  const whole = new RegExp(`^${pattern}$`);
  return [...names].filter((name) => whole.test(name));
}

/** The same as `Known`, with names that are looked up. */
type KnownNames = Pick<Known, "env" | "environments"> & { deployments: Names; deleted: Names; onServer?: Names };

function reasonOf(
  parts: FoundCall["name"],
  name: string,
  { deployments, deleted, onServer, env, environments }: KnownNames,
): (Pick<Call, "kind"> & { text: string }) | undefined {
  if (matching(parts, deleted).length > 0) {
    return { kind: "deleted", text: "which is deleted by this change; remove the call, or keep the deployment" };
  }
  const others = environments.filter((other) => other !== env);
  const other = parts.length === 1 ? others.find((each) => name.endsWith(`-${each}`)) : undefined;
  if (other !== undefined && env !== undefined) {
    const own = `${name.slice(0, -other.length)}${env}`;
    const hint = deployments.has(own) ? `; to call "${own}" here, take the environment from META_PREFECT__ENV` : "";
    return { kind: "elsewhere", text: `which belongs to the environment ${other}, not to ${env}${hint}` };
  }
  // a name with unknown parts can mean one that nobody asked the server for
  if (parts.length > 1 || onServer?.has(name)) return undefined;
  if (!name.includes("/"))
    return { kind: "absent", text: 'which is no name of a deployment; write it as "<flow>/<deployment>"' };
  const where =
    onServer === undefined
      ? "the program hasn't got; the server wasn't asked"
      : "neither the program nor the server has";
  return { kind: "absent", text: `which ${where}` };
}

function messageOf(file: string, line: number, name: string, text: string): string {
  return visible(`${file}:${line} calls deployment "${name}", ${text}`);
}
