import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { isExisting } from "./aws/cluster";
import type { EksArgs } from "./eksArgs";
import { slugOf } from "./slug";

/** What the parts of a recipe's infrastructure are called. */
export interface Names {
  /** What a stack's things are called that have no name of their own. */
  home: string;
  /** Tells one cluster from another. */
  cluster: string;
  /** The namespace, and what worker, pool, bucket and roles are called after. */
  base: string;
}

/** How long a name may be to which AWS's and Pulumi's own endings are added. */
const longestName = 40;

export function namesOf({ cluster = {}, namespace }: EksArgs): Names {
  const slug = slugOf(`${pulumi.getProject()}-${pulumi.getStack()}`);
  // names of Kubernetes begin with a letter
  const home = shortened(/^[a-z]/.test(slug) ? slug : `stack-${slug}`);
  const base = namespace ?? (isExisting(cluster) ? home : slugOf(cluster.name ?? home));
  return { home, base, cluster: cluster.existingName ?? cluster.name ?? home };
}

/** A name that is too long, cut and told from others by a hash. */
export function shortened(name: string): string {
  if (name.length <= longestName) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 6);
  return `${name.slice(0, longestName - 7).replace(/-$/, "")}-${hash}`;
}
