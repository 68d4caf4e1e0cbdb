import type { AnchorNames } from "./anchorNames";
import { merged } from "./merging";
import { mergeKey, type YamlList, type YamlMapping, type YamlNode } from "./yamlNode";
import { lineOf } from "./yamlText";

type Collection = YamlList | YamlMapping;

/** The variables of a deployment, and its name. */
interface NamedMapping {
  name: string;
  mapping: YamlMapping;
}

/** A collection that is written, where it stands first. */
interface Written {
  node: Collection;
  /** The key that it stands below. */
  key: string;
  /** The deployment's name. */
  deployment: string;
  /** In how many others it stands. */
  depth: number;
  uses: number;
}

/** The columns that most lines leave for a value. */
const usualRoom = 90;
/** A repeated line is worth a name when it is as long as this, or as that where it stands twice only. */
const longLine = 40;
const longerLine = 80;

/**
 * Gives what is repeated in the variables of deployments an anchor where it stands first, and an alias elsewhere; long mappings that are
 * near-copies of another one merge that.
 */
export function withoutRepeats(all: readonly NamedMapping[], names: AnchorNames): YamlMapping[] {
  const mergedById = nearCopies(all, names);
  const written = writtenIn(all, mergedById);
  const anchors = new Map<string, string>();
  return all.map(({ mapping }) => ({
    ...mapping,
    entries: mapping.entries.map((entry) => ({ ...entry, value: shared(entry.value) })),
  }));

  function shared(given: YamlNode): YamlNode {
    if (given.is === "scalar" || given.is === "alias") return given;
    const known = anchors.get(given.id);
    if (known !== undefined) return { is: "alias", name: known };
    const node = mergedById.get(given.id) ?? given;
    const anchor = node.anchor ?? nameFor(node);
    // that of a part which is merged is nobody's but the part's
    if (anchor !== undefined && node.id !== "") anchors.set(node.id, anchor);
    if (node.is === "list") return { ...node, anchor, items: node.items.map(shared) };
    return { ...node, anchor, entries: node.entries.map((entry) => ({ ...entry, value: shared(entry.value) })) };
  }

  function nameFor(node: Collection): string | undefined {
    const { uses, key, deployment } = written.get(node.id) ?? { uses: 0, key: "", deployment: "" };
    return uses > 1 && isWorthAName(node, uses) ? names.ofRepeated(key, deployment) : undefined;
  }
}

function isWorthAName(node: Collection, uses: number): boolean {
  // the anchor of a part of it can't stand in the text twice
  if (node.is === "mapping" && node.entries.some(({ key, value }) => key === mergeKey && value.is === "mapping"))
    return true;
  const line = lineOf(node, usualRoom);
  return line === undefined || line.length >= (uses === 2 ? longerLine : longLine);
}

/** The long mappings that merge another, or that others merge, by their ids. */
function nearCopies(all: readonly NamedMapping[], names: AnchorNames): Map<string, YamlMapping> {
  const found = new Map<string, YamlMapping>();
  // one can't merge what it stands in; and what one merges stands first in it, which changes the order of what is in it
  for (let depth = 1; ; depth += 1) {
    const written = [...writtenIn(all, found).values()];
    if (written.every((one) => one.depth < depth)) return found;
    const candidates = written.filter(
      (one): one is Written & { node: YamlMapping } =>
        one.depth === depth &&
        one.node.is === "mapping" &&
        !found.has(one.node.id) &&
        lineOf(one.node, usualRoom) === undefined,
    );
    const nameOf = ([first = 0]: number[]) => {
      const { key = "", deployment = "" } = candidates[first] ?? {};
      return names.ofRepeated(key, deployment);
    };
    const nodes = candidates.map(({ node }) => node);
    for (const mapping of merged(nodes, nameOf).mappings) found.set(mapping.id, mapping);
  }
}

/** The collections that are written, by their ids, in the order of the text. */
function writtenIn(all: readonly NamedMapping[], inPlace: Map<string, YamlMapping>): Map<string, Written> {
  const found = new Map<string, Written>();
  for (const { name, mapping } of all) add(mapping, { key: "", deployment: name, depth: 0 });
  found.delete("");
  return found;

  function add(given: YamlNode, place: Pick<Written, "key" | "deployment" | "depth">): void {
    if (given.is === "scalar" || given.is === "alias") return;
    const node = inPlace.get(given.id) ?? given;
    const known = found.get(node.id);
    if (known && node.id !== "") {
      // what is in it is repeated only with it
      known.uses += 1;
      return;
    }
    found.set(node.id, { ...place, node, uses: 1 });
    // the variables, and a part that is merged, are no values of their own
    const depth = node.id === "" ? place.depth : place.depth + 1;
    for (const [key, part] of partsOf(node, place.key)) add(part, { ...place, key, depth });
  }
}

function partsOf(node: Collection, key: string): [key: string, part: YamlNode][] {
  if (node.is === "mapping") {
    return node.entries.map((entry) => [entry.key === mergeKey ? key : entry.key, entry.value]);
  }
  // an item with one key, as pull steps are, is known by that
  return node.items.map((item) => [item.is === "mapping" ? String(item.entries[0]?.key ?? key) : key, item]);
}
