import { z } from "zod";
import type { DeploymentResponse } from "../../api/prefect";
import type { Json } from "../../engine/kind";
import type { OwnArgs } from "./deployment";

/** What happens to a run for which there is no room (Prefect's `concurrency_options`). */
export interface ConcurrencyOptions {
  /** Whether the run waits or is cancelled. */
  collisionStrategy: "ENQUEUE" | "CANCEL_NEW";
  /** Seconds, from 60 to 86,400, that a slot is kept for a run that is about to start. */
  gracePeriodSeconds?: number;
}

const gracePeriod = "must be from 60 to 86400";

export const concurrencyRules = z.strictObject(
  {
    collisionStrategy: z.enum(["ENQUEUE", "CANCEL_NEW"], "must be ENQUEUE or CANCEL_NEW"),
    gracePeriodSeconds: z.int().min(60, gracePeriod).max(86_400, gracePeriod).optional(),
  },
  "must be an object",
);

export function concurrencyToApi({ collisionStrategy, gracePeriodSeconds }: ConcurrencyOptions): Json {
  return {
    collision_strategy: collisionStrategy,
    ...(gracePeriodSeconds !== undefined && { grace_period_seconds: gracePeriodSeconds }),
  };
}

/** Prefect keeps a deployment's own limit as a global one of the name `deployment:<id>`. */
export function concurrencyFromApi({
  id,
  global_concurrency_limit: limit,
  concurrency_options: options,
}: Pick<DeploymentResponse, "id" | "global_concurrency_limit" | "concurrency_options">): Partial<OwnArgs> {
  const isOwn = limit?.name === `deployment:${id}`;
  return {
    concurrencyLimit: isOwn ? limit.limit : undefined,
    globalConcurrencyLimitId: isOwn ? undefined : limit?.id,
    concurrencyOptions: options
      ? {
          collisionStrategy: options.collision_strategy,
          ...(typeof options.grace_period_seconds === "number" && { gracePeriodSeconds: options.grace_period_seconds }),
        }
      : undefined,
  };
}
