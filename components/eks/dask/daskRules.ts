import { z } from "zod";
import { breaches } from "../../../provider/engine/breaches";
import type { Failure, Json } from "../../../provider/engine/kind";
import * as rules from "../../../provider/kinds/shared/rules";
import { cpuProblem, memoryProblem } from "../../quantity";
import type { DaskArgs } from "./daskSpec";

/** What is wrong with what is said of Dask. `at` is where it is said, such as "dask". */
export function daskFailures(dask: Partial<DaskArgs>, at: string): Failure[] {
  const failures: Failure[] = [];
  const wrong = (property: keyof DaskArgs, reason: string) =>
    failures.push({ property: `${at}.${property}`, reason: `${reason}, not ${JSON.stringify(dask[property])}` });
  const isCount = (value: unknown, least: number) => Number.isInteger(value) && (value as number) >= least;
  const { workers, minWorkers, maxWorkers, cpu, memory } = dask;
  if (workers !== undefined && !isCount(workers, 1)) wrong("workers", "must be an integer from 1 on");
  if (minWorkers !== undefined && !isCount(minWorkers, 0)) wrong("minWorkers", "must be an integer from 0 on");
  if (maxWorkers !== undefined && !isCount(maxWorkers, 1)) wrong("maxWorkers", "must be an integer from 1 on");
  if (workers !== undefined && (minWorkers ?? maxWorkers) !== undefined) {
    failures.push({
      property: `${at}.workers`,
      reason: "excludes minWorkers and maxWorkers; give a number or its limits",
    });
  }
  if (minWorkers !== undefined && maxWorkers === undefined) {
    failures.push({ property: `${at}.minWorkers`, reason: "is given without maxWorkers; give both" });
  }
  if (failures.length === 0 && (minWorkers ?? 0) > (maxWorkers ?? Infinity)) {
    wrong("minWorkers", `must be at most maxWorkers (${maxWorkers})`);
  }
  const cpuReason = cpu === undefined ? undefined : cpuProblem(cpu);
  if (cpuReason !== undefined) wrong("cpu", cpuReason);
  const memoryReason = memory === undefined ? undefined : memoryProblem(memory);
  if (memoryReason !== undefined) wrong("memory", memoryReason);
  return failures;
}

const anything = z.unknown().optional();
/** The rules of what a deployment may say of Dask for itself, but for how much there may be of it. */
export const deploymentDaskRules = z.strictObject(
  {
    enabled: rules.flag.optional(),
    replacesTaskRunner: rules.flag.optional(),
    ...{ workers: anything, minWorkers: anything, maxWorkers: anything, cpu: anything, memory: anything },
  },
  "must be an object",
);
/** What the property of a deployment is called. */
const at = "dask";

/** What is wrong with what a deployment says of Dask for itself. */
export function deploymentDaskFailures(dask: unknown, isShared: boolean): Failure[] {
  if (typeof dask !== "object" || dask === null) {
    return [{ property: at, reason: `must be an object, not ${JSON.stringify(dask)}` }];
  }
  const inDask = ({ property, reason }: Failure) => ({ property: `${at}.${property}`, reason });
  const failures = breaches(deploymentDaskRules, dask as Json, []).map(inDask);
  if (failures.length > 0) return failures;
  const { enabled: _, replacesTaskRunner: _replaces, ...own } = dask as Json;
  if (!isShared) return daskFailures(own, at);
  const given = Object.keys(own).filter((property) => own[property] !== undefined);
  return given.map((property) =>
    inDask({ property, reason: "is for a Dask cluster of the run's own, and the recipe's runs share one" }),
  );
}
