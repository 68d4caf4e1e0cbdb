import type { Item } from "./inventory";

/** What an item is called that has no name: a block schema, after its type and version. */
export function titleOf({ args }: Item, all: Item[]): string {
  const type = all.find(({ uuid }) => uuid === args.blockTypeId);
  const version = textOf(args.version);
  const title = textOf(type?.args.slug) ?? String(args.blockTypeId);
  return version === undefined || version === "non-versioned" ? title : `${title}-${version}`;
}

/** Other Pulumi names of an item whose own name is taken, the plainest first. */
export function alternatives({ kind, args }: Item): string[] {
  if (kind.type === "WorkQueue") return [`${String(args.workPoolName)}-${String(args.name)}`];
  if (kind.type === "Deployment") return [`${String(args.flowName)}/${String(args.name)}`];
  if (kind.type === "Block") return [`${String(args.blockTypeSlug)}-${String(args.name)}`];
  return [];
}

/** The value if it is a text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Several of a kind, such as "work pools". */
export function plural(noun: string): string {
  return noun.endsWith("ch") ? `${noun}es` : `${noun}s`;
}

/** What a variable that holds one of a kind ends with: the last word of its noun, such as "Pool". */
export function variableNoun(noun: string): string {
  const last = noun.split(" ").at(-1) ?? noun;
  return last.charAt(0).toUpperCase() + last.slice(1);
}
