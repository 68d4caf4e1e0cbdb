import type * as pulumi from "@pulumi/pulumi";

/** Options of the recipe that bucket and cluster inherit. */
export type Kept = Pick<pulumi.ComponentResourceOptions, "protect" | "retainOnDelete">;

/** Arguments with what they inherit. */
export function keptBy<Args extends Kept>(args: Args, kept: Kept): Args {
  return {
    ...args,
    protect: args.protect ?? kept.protect,
    retainOnDelete: args.retainOnDelete ?? kept.retainOnDelete,
  };
}
