import * as pulumi from "@pulumi/pulumi";
import type { MockCallArgs } from "@pulumi/pulumi/runtime";
import type { Failure, Hints } from "../../provider/engine/kind";

export type Json = Record<string, unknown>;

/** A resource that a program registers. */
export interface Registered {
  /** Its type token; of Prefect's objects the kind alone. */
  type: string;
  name: string;
  inputs: Json;
  /** What the program itself found wrong with its arguments; absent when nothing is. */
  failures?: Failure[];
  /** What else the program tells `check`; absent when it is nothing. */
  hints?: Partial<Hints>;
}

interface Setting {
  configuration?: Record<string, string>;
  /** What a resource has besides its inputs. */
  outputs?: (resource: Registered) => Json;
  /** Answers the functions of other packages. */
  call?: (call: MockCallArgs) => Json;
}

/** Runs a program in a folder against Pulumi's mocks and gives what it registers, in the order of types and names. */
export async function registeredIn(
  folder: string,
  program: () => unknown,
  { configuration = {}, call = () => ({}), outputs = () => ({}) }: Setting = {},
): Promise<Registered[]> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        const { __provider, __hints, ...rest } = inputs as Json;
        const { failures = [], writtenAs: _, places: __, unshown: ___, ...hints } = (__hints ?? {}) as Hints;
        const resource = { type: type.replace("pulumi-nodejs:dynamic/prefect:", ""), name, inputs: rest };
        resources.push({
          ...resource,
          ...(failures.length > 0 && { failures }),
          ...(Object.keys(hints).length > 0 && { hints }),
        });
        const state = { ...(inputs as Json), arn: `arn:aws:mock:::${name}`, ...outputs(resource) };
        return { id: `${name}-id`, state };
      },
      call,
    },
    "project",
    "dev",
    false,
  );
  pulumi.runtime.setAllConfig(configuration);
  const before = process.cwd();
  process.chdir(folder);
  try {
    await program();
  } finally {
    process.chdir(before);
  }
  await pulumi.runtime.disconnect();
  const key = ({ name, type }: Registered) => `${name} ${type}`;
  return resources.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
