import { defaultFlowName } from "../../provider/program/flows/flowFacts";
import { readOnce } from "../../provider/program/flows/readHere";
import type { FilledDeployment } from "./deployment";
import type { PrefectFile } from "./prefectFile";

/**
 * Deployments that are told apart by the names of their flows. Where functions of one name are in several files, the flows are read: they may have
 * other names. Of two deployments of one flow and one name Prefect keeps the later.
 */
export function withFlowNames(
  all: readonly FilledDeployment[],
  file: PrefectFile,
  nameOf: (entrypoint: string) => string | undefined = (entrypoint) => nameRead(file.folder, entrypoint),
): FilledDeployment[] {
  const named = all.map((one) => (isTold(one, all) ? one : withFlowName(one, nameOf(one.deployment.entrypoint))));
  const last = new Map(named.map((one) => [identityOf(one), one]));
  return named.filter((one) => {
    const winner = last.get(identityOf(one));
    if (winner === one || winner === undefined) return true;
    const { line } = file.source.position(winner.span);
    file.notes.add(
      one.span,
      `the deployment "${one.deployment.name}" of the same flow is given again in line ${line}, which counts, as for prefect deploy`,
    );
    return false;
  });
}

function identityOf({ deployment: { flowName, entrypoint, name } }: FilledDeployment): string {
  return JSON.stringify([flowName ?? defaultFlowName(entrypoint), name]);
}

/** Whether no other entrypoint has the same name of a function and of a deployment. */
function isTold(one: FilledDeployment, all: readonly FilledDeployment[]): boolean {
  return all.every(
    (other) => identityOf(other) !== identityOf(one) || other.deployment.entrypoint === one.deployment.entrypoint,
  );
}

function withFlowName(one: FilledDeployment, flowName: string | undefined): FilledDeployment {
  return flowName === undefined ? one : { ...one, deployment: { ...one.deployment, flowName } };
}

/** The flow's name as its file says; that it can't be read is said of the deployment. */
function nameRead(folder: string, entrypoint: string): string | undefined {
  const reading = readOnce(folder, entrypoint);
  return "facts" in reading ? reading.facts.name : undefined;
}
