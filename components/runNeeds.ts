import type { Quantity } from "./quantity";

/** What each run of a deployment needs, where its recipe runs it on Kubernetes; elsewhere nothing comes of it. */
export interface RunNeeds {
  /** CPUs of each run, such as 0.5 or "500m". @default what the flow's `@kubernetes` says, then the recipe's `cpu` */
  cpu?: Quantity;
  /** Memory of each run, such as "1.5Gi"; a number is bytes. @default what the flow's `@kubernetes` says, then the recipe's `memory` */
  memory?: Quantity;
  /** What differs for it from the recipe's `dask`. Where the recipe says none, this or the flow's `@dask` has it run on Dask, as with `dask: {}`. */
  dask?: DeploymentDaskArgs;
}

/** What a deployment may say of Dask for itself. Numbers of workers are fixed (`workers`) or follow the work (`minWorkers`, `maxWorkers`). */
export interface DeploymentDaskArgs {
  /** Whether its tasks run on Dask. @default true */
  enabled?: boolean;
  /** Whether Dask takes the place of a task runner that the flow itself has chosen. @default false */
  replacesTaskRunner?: boolean;
  /** How many workers. Excludes `minWorkers` and `maxWorkers`. @default what the flow's `@dask` says, then the recipe's */
  workers?: number;
  /** The least workers, with `maxWorkers`. @default 0 */
  minWorkers?: number;
  /** The most workers, at least `minWorkers` and at least 1; the number then follows the work. */
  maxWorkers?: number;
  /** CPUs of each worker. @default the recipe's `dask.cpu` */
  cpu?: Quantity;
  /** Memory of each worker. @default the recipe's `dask.memory` */
  memory?: Quantity;
}

/** The names of these arguments: they are the recipe's to use, and none of Prefect's. */
export const runNeeds: readonly (keyof RunNeeds)[] = ["cpu", "memory", "dask"];
