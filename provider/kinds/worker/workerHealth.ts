import { isRunning } from "../../../processes/localProcess";
import { until } from "../../../processes/until";
import type { Supervised } from "./workerRecord";

/**
 * How long a running worker may be unhealthy, in milliseconds. One that was without a server for long asks it again about once a minute.
 */
const recoveryPatience = 90_000;

/** Whether the worker says that it is polling, which it does while its last success is less than 30 of its intervals ago. */
export async function isHealthy({ healthPort }: Pick<Supervised, "healthPort">): Promise<boolean> {
  try {
    const { ok } = await fetch(`http://127.0.0.1:${healthPort}/health`, { signal: AbortSignal.timeout(2_000) });
    return ok;
  } catch {
    return false;
  }
}

/** Whether a worker of which nothing but its server can be asked is there, or becomes so soon. */
export async function isSoon(isSeen: () => Promise<boolean>): Promise<boolean> {
  return (await until(isSeen, { every: 1_000, patience: recoveryPatience })) ?? false;
}

/**
 * Whether a worker of this machine is there: its process is running and healthy, or becomes so soon.
 *
 * @param isSeen whether the server, which is asked second, sees it online
 */
export async function isThere(supervised: Supervised, isSeen: () => Promise<boolean>): Promise<boolean> {
  const found = await until(
    async () => {
      if (!isRunning(supervised)) return "ended";
      return ((await isHealthy(supervised)) || (await isSeen())) && "there";
    },
    { every: 1_000, patience: recoveryPatience },
  );
  return found === "there";
}
