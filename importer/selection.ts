import type { Json } from "../provider/engine/kind";
import type { Item } from "./inventory";

/** What is to be imported; all that is given has to match. Nothing given means all. */
export interface Selection {
  /** Deployments, variables, automations and flows with the tag. */
  tag?: string;
  /** Deployments of the pool. */
  workPool?: string;
  /** Deployments of the flow. */
  flow?: string;
}

/** The items that are selected, with all that they need: pools, queues, flows, limits, blocks, and automations that name them. */
export function select(items: Item[], { tag, workPool, flow }: Selection): Item[] {
  if (tag === undefined && workPool === undefined && flow === undefined) return items;
  const chosen = new Set<Item>();
  const take = (matches: (item: Item) => boolean) => items.filter(matches).forEach((item) => chosen.add(item));
  const isOf = (item: Item, type: string) => item.kind.type === type;
  const hasTag = ({ args }: Item) => tag === undefined || (args.tags as string[] | undefined)?.includes(tag) === true;

  take(
    (item) =>
      isOf(item, "Deployment") &&
      hasTag(item) &&
      (workPool === undefined || item.args.workPoolName === workPool) &&
      (flow === undefined || item.args.flowName === flow),
  );
  if (workPool !== undefined) {
    take((item) => isOf(item, "WorkPool") && item.args.name === workPool);
    take((item) => isOf(item, "WorkQueue") && item.args.workPoolName === workPool);
  } else if (flow !== undefined) {
    take((item) => isOf(item, "Flow") && item.args.name === flow && hasTag(item));
  } else {
    take((item) => ["Variable", "Automation", "Flow"].includes(item.kind.type) && hasTag(item));
  }
  const deployments = new Set([...chosen].filter((item) => isOf(item, "Deployment")).map(({ uuid }) => uuid));
  take((item) => isOf(item, "Automation") && [...deployments].some((uuid) => mentions(item.args, uuid)));

  for (let before = -1; before !== chosen.size;) {
    before = chosen.size;
    const needed = [...chosen];
    take((item) => needed.some((user) => needs(user, item)));
  }
  return items.filter((item) => chosen.has(item));
}

/** Whether one item can't be made without the other. */
function needs({ kind, args }: Item, other: Item): boolean {
  if (mentions(args, other.uuid)) return true;
  const { name } = other.args;
  switch (other.kind.type) {
    case "WorkPool":
      return args.workPoolName === name;
    case "WorkQueue":
      return kind.type === "Deployment" && args.workPoolName === other.args.workPoolName && args.workQueueName === name;
    case "Flow":
      return args.flowName === name;
    case "BlockType":
      return args.blockTypeSlug === other.args.slug;
    case "Block":
      return mentions(args, `prefect.blocks.${String(other.args.blockTypeSlug)}.${String(name)}`);
    case "Variable":
      return mentions(args, `prefect.variables.${String(name)}`);
    default:
      return false;
  }
}

/** Whether a text is in a value, also amid others, as an id is in the "prefect.deployment.<id>" of a trigger. */
function mentions(value: unknown, text: string): boolean {
  return textsIn(value).some((part) => part.includes(text));
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value as Json).flatMap(textsIn);
}
