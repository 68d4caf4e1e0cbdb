import type { Named } from "./workerRecord";

/** The variable by which the command tells Pulumi's provider process which workers it is to start again, though nothing of them differs. */
export const restartVariable = "META_PREFECT__RESTART";

/** What the variable says for some workers. */
export function restartOf(workers: Named[]): string {
  return workers.map(keyOf).join("//");
}

/** Whether the running command asks for a worker to be started again. */
export function isToRestart(worker: Partial<Named>, environment = process.env): boolean {
  const { [restartVariable]: asked } = environment;
  return asked !== undefined && asked.split("//").includes(keyOf(worker));
}

/** Neither name may have a slash. */
function keyOf({ workPoolName, name }: Partial<Named>): string {
  return `${workPoolName ?? ""}/${name ?? ""}`;
}
