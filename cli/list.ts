import { Command } from "commander";
import type { PrefectClient } from "../provider/api/client";
import { ConnectionError, messageOf, PrefectError } from "../provider/api/errors";
import { visible } from "../provider/api/visible";
import { propertyChanges } from "../report/propertyChanges";
import { type Step, titleOf } from "../report/step";
import { commandLine } from "./commandLine";
import { drift } from "./engine/drift";
import { type Flags, withFlags } from "./flags";
import { type DeploymentHealth, deploymentHealth } from "./health/deploymentHealth";
import { patienceOfLooks } from "./health/patience";
import { type Workers, workersOf } from "./health/poolWorkers";
import { isGone } from "./health/workerState";
import { openProject, openStack, type Project } from "./project/project";
import { stackClient } from "./project/stackClient";
import { type StackDeployment, type StackState, stackState } from "./project/stackState";
import { type Colours, coloursOf } from "./terminal/colours";
import { showProgress } from "./terminal/progress";
import { print, printJson, say } from "./terminal/say";
import { type Cell, tableLines } from "./terminal/table";
import { distanceText, momentText } from "./terminal/times";

interface ListFlags extends Flags {
  refresh?: boolean;
}

export const command = withFlags(new Command("list"))
  .option("--refresh", "say as well what differs on the server from what was deployed")
  .action(async (flags: ListFlags) => {
    // objects are compared by the code of their kinds, to which the program is linked
    const project = await (flags.refresh ? openProject(flags) : openStack(flags));
    const [state, server] = await Promise.all([stackState(project), connected(project)]);
    const env = project.env ?? "the selected stack";
    if (state === undefined || state.deployments.length === 0) {
      say(`nothing is deployed in ${env}; run: ${commandLine("deploy", flags)}`);
      if (flags.json) printJson({ env: project.env, folder: project.folder, deployments: [], workers: [] });
      return;
    }
    const world = await look(project, state, server, flags);
    if (flags.json) printJson(documentOf(project, state, world));
    else show(state, world, coloursOf(process.stdout));
    for (const { name, says, condition } of world.workers.own) {
      if (isGone(condition))
        say(`worker "${name}": ${says}; to start it again: ${commandLine("worker restart", flags)}`);
    }
    if (world.problem) throw new PrefectError(world.problem);
  });

/** What is found of a stack. */
interface World {
  /** The address of the server; undefined where none is known. */
  server?: string;
  /** Undefined where the server couldn't be asked. */
  health?: DeploymentHealth[];
  workers: Workers;
  /** What differs from what was deployed, if that was asked for. */
  drift?: Step[];
  /** Why the server couldn't be asked. */
  problem?: string;
}

/** The server, or why there is none to ask. */
async function connected(project: Project): Promise<PrefectClient | ConnectionError> {
  try {
    return await stackClient(project, patienceOfLooks);
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
}

async function look(
  project: Project,
  state: StackState,
  client: PrefectClient | ConnectionError,
  { refresh, debug }: ListFlags,
): Promise<World> {
  const progress = refresh ? await showProgress("comparing with the server") : undefined;
  try {
    if (client instanceof ConnectionError) throw client;
    const health = await deploymentHealth(client, state.deployments);
    const pools = health.flatMap(({ workPool }) => workPool?.name ?? []);
    const workers = await workersOf(client, state.workers, pools);
    return {
      server: client.connection.apiUrl,
      health,
      workers,
      ...(refresh && { drift: await drift(project, { debug }) }),
    };
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const workers = await workersOf(undefined, state.workers, []);
    const server = client instanceof ConnectionError ? undefined : client.connection.apiUrl;
    return { server, workers, problem: messageOf(error) };
  } finally {
    progress?.end();
  }
}

function show(state: StackState, { server, health, workers, drift }: World, colours: Colours): void {
  if (server) print(colours.dim(visible(server)));
  const heads = ["DEPLOYMENT", "WORK POOL", "WORKER", "NEXT RUN", "LAST RUN", ...(drift ? ["DRIFT"] : [])];
  const rows = state.deployments.map((deployment, i): Cell[] => {
    const name = `${deployment.flowName}/${deployment.name}`;
    const found = health?.[i];
    if (!found) {
      const { workPoolName: pool } = deployment.inputs;
      return typeof pool === "string"
        ? [name, pool, workerCell(pool, workers, colours), "unknown", "unknown"]
        : [name, "unknown", "", "unknown", "unknown"];
    }
    const changes = drift ? [driftCell(deployment, drift, colours)] : [];
    if (!found.isThere) return [name, "", "", { text: "not on the server", paint: colours.red }, "", ...changes];
    const pool = found.workPool;
    return [
      name,
      pool?.isPaused ? { text: `${pool.name} (paused)`, paint: colours.yellow } : (pool?.name ?? "none"),
      pool?.isServed ? workerCell(pool.name, workers, colours) : "none needed",
      nextCell(found, colours),
      lastCell(found, colours),
      ...changes,
    ];
  });
  tableLines(heads, rows, colours).forEach(print);
  const others = otherLines(drift ?? [], state, colours);
  if (others.length > 0) print("");
  others.forEach(print);
}

/** What differs of objects that have no row of their own. */
export function otherLines(
  drift: Step[],
  { deployments }: Pick<StackState, "deployments">,
  { yellow }: Colours,
): string[] {
  return drift
    .filter(({ urn }) => !deployments.some((one) => one.urn === urn))
    .map((step) => `${yellow("drift")}  ${visible(`${titleOf(step)}: ${driftText(step)}`)}`);
}

/** Who takes the runs of a pool. */
function workerCell(pool: string, { own, others }: Workers, { red, yellow, green }: Colours): Cell {
  const ofPool = own.filter(({ workPoolName }) => workPoolName === pool);
  const online = ofPool.filter(({ condition }) => condition === "online" || condition === "running");
  const foreign = others.get(pool) ?? [];
  const count = online.length + foreign.length;
  if (count > 0) {
    const text = online.length === 1 && count === 1 ? (online[0]?.condition ?? "") : `${count} online`;
    return { text, paint: green };
  }
  const [first] = ofPool;
  if (first) return { text: first.says, paint: first.condition === "unknown" ? yellow : red };
  return { text: "none online", paint: yellow };
}

function nextCell({ next }: DeploymentHealth, { red, yellow }: Colours): Cell {
  if ("why" in next) return next.why.includes("paused") ? { text: next.why, paint: yellow } : next.why;
  const text = `${momentText(next.at, next.timezone)} (${distanceText(next.at)})`;
  return next.state === "Late" ? { text: `late: ${text}`, paint: red } : text;
}

const bad = ["FAILED", "CRASHED"];

function lastCell({ last }: DeploymentHealth, { red, green }: Colours): Cell {
  if (!last) return "never ran";
  const text = `${last.state} ${distanceText(last.at)}`;
  if (last.type === "COMPLETED") return { text, paint: green };
  return bad.includes(last.type) ? { text, paint: red } : text;
}

function driftCell({ urn }: StackDeployment, drift: Step[], { yellow }: Colours): Cell {
  const step = drift.find((one) => one.urn === urn);
  return step ? { text: driftText(step), paint: yellow } : "none";
}

function driftText(step: Step): string {
  if (step.op === "delete") return "deleted";
  const changes = propertyChanges(step);
  const certain = changes.filter(({ isUncertain }) => !isUncertain);
  const names = (certain.length > 0 ? certain : changes).map(({ path }) => path);
  return names.length > 0 ? names.join(", ") : "changed";
}

function documentOf({ env, folder }: Project, state: StackState, { server, health, workers, drift }: World) {
  return {
    env,
    folder,
    server,
    deployments: state.deployments.map(({ flowName, name, urn }, i) => ({
      name: `${flowName}/${name}`,
      urn,
      ...health?.[i],
    })),
    workers: workers.own,
    others: Object.fromEntries(workers.others),
    ...(drift && { drift: drift.map(driftOf) }),
  };
}

function driftOf(step: Step) {
  return { op: step.op, urn: step.urn, what: titleOf(step), properties: propertyChanges(step) };
}
