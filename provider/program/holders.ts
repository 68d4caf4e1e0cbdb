import type { AnyKind, Json } from "../engine/kind";
import { perProgram } from "./perProgram";
import { stackName } from "./program";
import { readOfState } from "./stateReads";

/** A resource in the stack's state. */
interface Recorded {
  type: string;
  outputs: Json;
}

/** The resources in the stack's state, by URN; the engine reads them for stack references as well. */
export const resourcesOfStack = perProgram(async (): Promise<ReadonlyMap<string, Recorded>> => {
  const { outputs } = await readOfState("pulumi:pulumi:readStackResourceOutputs", { stackName: stackName() });
  return new Map(Object.entries((outputs ?? {}) as Record<string, Recorded>));
});

/** What the type token of each Prefect object begins with. */
const prefix = "pulumi-nodejs:dynamic/prefect:";

/** Whether it belongs to another object, with which it moves: an automation to the deployment whose trigger it is. */
export function movesWithParent({ parentType = "" }: Holder): boolean {
  return parentType.startsWith(prefix);
}

/** A resource of the state, by the parts of its URN. */
export interface Holder {
  urn: string;
  /** Its Pulumi name. */
  name: string;
  /** Type token of the component that it belongs to; none at the top. */
  parentType?: string;
}

function holderAt(urn: string): Holder {
  const [types = "", ...name] = urn.split("::").slice(2);
  return { urn, name: name.join("::"), parentType: types.split("$").at(-2) };
}

/** The resources of the state that have the object which the arguments name: one, where names tell objects apart. */
export function holdersOf(kind: AnyKind, args: Json, resources: ReadonlyMap<string, Recorded>): Holder[] {
  const label = kind.label(args);
  return [...resources]
    .filter(([, { type, outputs }]) => type === `${prefix}${kind.type}` && kind.label(outputs) === label)
    .map(([urn]) => holderAt(urn));
}

/**
 * The option that tells Pulumi that a resource is the one which the state has under another name: on its deployer when that is what got
 * another name or class, since the names of a deployer's children begin with its own.
 *
 * @param urn that of the resource in the program
 * @param parent that of its parent
 */
export function remedyFor(holder: Holder, urn: string, parent: string | undefined): string {
  const { name } = holderAt(urn);
  const above = parent === undefined ? undefined : holderAt(parent);
  if (above && holder.parentType !== undefined && name.startsWith(above.name)) {
    const own = name.slice(above.name.length);
    const former = holder.name.endsWith(own) ? holder.name.slice(0, holder.name.length - own.length) : undefined;
    if (former !== undefined && former !== "") {
      const type = parent?.split("::")[2]?.split("$").at(-1);
      const alias = {
        ...(former !== above.name && { name: former }),
        ...(type !== holder.parentType && { type: holder.parentType }),
      };
      if (Object.keys(alias).length > 0) return `give "${above.name}" the option ${aliases(alias)}`;
    }
  }
  const isTop = above === undefined || above.urn.split("::")[2] === "pulumi:pulumi:Stack";
  const alias = isTop && holder.parentType === undefined ? { name: holder.name } : holder.urn;
  return `give "${name}" the option ${aliases(alias)}`;
}

function aliases(alias: string | Record<string, string>): string {
  const text =
    typeof alias === "string"
      ? JSON.stringify(alias)
      : `{ ${Object.entries(alias)
          .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
          .join(", ")} }`;
  return `aliases: [${text}]`;
}
