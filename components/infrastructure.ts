import type { Resource } from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";

/** Something that deployments need, made once in a program however many of them need it. */
export interface Infrastructure<Made extends Record<string, Resource> = Record<string, Resource>> {
  /** Says what it is: equal names are the same infrastructure. */
  name: string;
  /** Makes its resources. They belong to no deployer, so that any of those that share them can go. */
  make: () => Made;
}

/** What was made in each run of a program; tests run several in one process. */
const made = new WeakMap<object, Map<string, Record<string, Resource>>>();

/** The resources of an infrastructure, made on the first call in a program. */
export function shared<Made extends Record<string, Resource>>({ name, make }: Infrastructure<Made>): Made {
  const program = getMonitor() as object;
  const known = made.get(program) ?? new Map<string, Record<string, Resource>>();
  made.set(program, known);
  const resources = (known.get(name) as Made | undefined) ?? make();
  known.set(name, resources);
  return resources;
}
