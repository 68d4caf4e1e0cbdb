import { programError } from "../../provider/program/programError";

/** A value on its way into a YAML text. Values that are equal have the same `id`. */
export type YamlNode = YamlScalar | YamlAlias | YamlList | YamlMapping;

export interface YamlScalar {
  is: "scalar";
  id: string;
  value: unknown;
}

export interface YamlAlias {
  is: "alias";
  name: string;
}

export interface YamlList {
  is: "list";
  id: string;
  items: YamlNode[];
  anchor?: string;
}

export interface YamlMapping {
  is: "mapping";
  id: string;
  entries: YamlEntry[];
  anchor?: string;
  /** Whether each entry has a line of its own, however short they are. */
  isBlock?: boolean;
  /** Lines of a comment above it, where it is an item of a list, without `#`. */
  comments?: string[];
}

/** The key that merges a mapping into the one that it stands in. */
export const mergeKey = Symbol("<<");

export interface YamlEntry {
  key: string | typeof mergeKey;
  value: YamlNode;
  /** Lines of a comment that belong to it, without `#`. */
  comments?: string[];
}

/** A value of JSON as a node; what is undefined isn't there. @throws RunError for a key that a meta_prefect.yaml can't have */
export function nodeOf(value: unknown): YamlNode {
  if (Array.isArray(value)) {
    const items = value.map(nodeOf);
    return { is: "list", id: `[${items.map(idOf).join()}]`, items };
  }
  if (typeof value !== "object" || value === null) return { is: "scalar", id: scalarId(value), value };
  const entries = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([key, part]) => ({ key: keyOf(key), value: nodeOf(part) }));
  return { is: "mapping", id: mappingId(entries), entries };
}

function mappingId(entries: readonly YamlEntry[]): string {
  const parts = entries.map(({ key, value }) => `${JSON.stringify(String(key))}:${idOf(value)}`);
  return `{${parts.sort().join()}}`;
}

/** What tells a value from others. */
export function idOf(node: YamlNode): string {
  return node.is === "alias" ? `*${node.name}` : node.id;
}

function scalarId(value: unknown): string {
  return Object.is(value, -0) ? "-0" : typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** @throws RunError for a key that a meta_prefect.yaml can't have */
export function keyOf(key: string): string {
  if (key !== "__proto__") return key;
  throw programError(
    `__proto__ can't be a key of a meta_prefect.yaml, as JavaScript has another use for it; choose another`,
  );
}
