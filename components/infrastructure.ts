import type { Resource } from "@pulumi/pulumi";
import { isEqual } from "../provider/json";
import { perProgram } from "../provider/perProgram";
import { programError } from "../provider/programError";

/** Something that deployments need, made once in a program however many of them need it. */
export interface Infrastructure<Made extends Record<string, Resource> = Record<string, Resource>> {
  /** Says what it is: equal names are the same infrastructure. */
  name: string;
  /** What it is made from, where its name doesn't tell: two that differ in it can't be one. @default nothing */
  given?: object;
  /** Makes its resources. They belong to no deployer, so that any of those that share them can go. */
  make: () => Made;
}

const madeInProgram = perProgram(() => new Map<string, { given?: object; resources: Record<string, Resource> }>());

/**
 * The resources of an infrastructure, made on the first call in a program.
 *
 * @throws RunError when one of the name was made from other arguments
 */
export function shared<Made extends Record<string, Resource>>({ name, given, make }: Infrastructure<Made>): Made {
  const known = madeInProgram();
  const before = known.get(name);
  if (!before) {
    const resources = make();
    known.set(name, { given, resources });
    return resources;
  }
  if (!isEqual(before.given, given)) {
    throw programError(
      `${name} is given twice with different arguments (${JSON.stringify(before.given)} and ${JSON.stringify(given)}); ` +
        "give them the same arguments, so that they share it, or other names",
    );
  }
  return before.resources as Made;
}
