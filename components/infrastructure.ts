import type { Resource } from "@pulumi/pulumi";
import { perProgram } from "../provider/perProgram";

/** Something that deployments need, made once in a program however many of them need it. */
export interface Infrastructure<Made extends Record<string, Resource> = Record<string, Resource>> {
  /** Says what it is: equal names are the same infrastructure. */
  name: string;
  /** Makes its resources. They belong to no deployer, so that any of those that share them can go. */
  make: () => Made;
}

const madeInProgram = perProgram(() => new Map<string, Record<string, Resource>>());

/** The resources of an infrastructure, made on the first call in a program. */
export function shared<Made extends Record<string, Resource>>({ name, make }: Infrastructure<Made>): Made {
  const known = madeInProgram();
  const resources = (known.get(name) as Made | undefined) ?? make();
  known.set(name, resources);
  return resources;
}
