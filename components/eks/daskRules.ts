import type { Failure } from "../../provider/kind";
import type { DaskArgs } from "./daskSpec";
import { cpuProblem, memoryProblem } from "./quantity";

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
    failures.push({ property: `${at}.workers`, reason: "excludes minWorkers and maxWorkers; give one or the others" });
  }
  if (minWorkers !== undefined && maxWorkers === undefined) wrong("minWorkers", "needs maxWorkers");
  if (failures.length === 0 && (minWorkers ?? 0) > (maxWorkers ?? Infinity)) {
    wrong("minWorkers", `must be at most maxWorkers, which is ${maxWorkers}`);
  }
  const cpuReason = cpu === undefined ? undefined : cpuProblem(cpu);
  if (cpuReason !== undefined) wrong("cpu", cpuReason);
  const memoryReason = memory === undefined ? undefined : memoryProblem(memory);
  if (memoryReason !== undefined) wrong("memory", memoryReason);
  return failures;
}
