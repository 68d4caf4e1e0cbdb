import type { Resource } from "@pulumi/pulumi";
import { isEqual } from "../provider/api/json";
import { perProgram } from "../provider/program/perProgram";
import { programError } from "../provider/program/programError";

/** Something that deployments need, made once in a program however many of them need it. */
export interface Infrastructure<Made extends Record<string, Resource> = Record<string, Resource>> {
  /** Says what it is: equal names are the same infrastructure. */
  name: string;
  /**
   * What it is made from, where its name doesn't tell: two that differ in it can't be one. Functions are the same when they are one
   * object, as what they do may depend on where they were made.
   *
   * @default nothing
   */
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
    const [first, second] = [shown(before.given), shown(given)];
    const remedy = isEqual(JSON.parse(first), JSON.parse(second))
      ? "each has functions of its own; declare each function once and give it to both"
      : "give them the same arguments";
    throw programError(
      `${name} is given twice with different arguments (${first} and ${second}); ${remedy}, so that they share it, or other names`,
    );
  }
  return before.resources as Made;
}

function shown(given: object | undefined): string {
  return JSON.stringify(given ?? {}, (_, part: unknown) => (typeof part === "function" ? String(part) : part));
}
