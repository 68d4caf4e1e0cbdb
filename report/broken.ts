import type { Call } from "./calls";
import type { Breach } from "./contracts";

/** Who calls the deployments of a plan, and what of that won't come to a good end. */
export interface BrokenCalls {
  breaches: Breach[];
  /** Calls in the project's Python of deployments that are deleted, of another environment, or not there. */
  calls: Call[];
  /** What wasn't looked at, in words. */
  left: string[];
  /** What may change without being told here, in words; absent where all is known. */
  untold?: string[];
}

/** What may be handed on of it: without the values that callers give, which may be anybody's secrets. */
export function withoutValues({ breaches, ...rest }: BrokenCalls) {
  return {
    ...rest,
    breaches: breaches.map(({ deployment, caller: { kind, name }, by, isNew, message }) => ({
      deployment,
      caller: { kind, name },
      by,
      isNew,
      message,
    })),
  };
}
