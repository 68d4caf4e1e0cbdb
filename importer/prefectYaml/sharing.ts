import { idOf, type YamlMapping, type YamlNode } from "./yamlNode";
import { literalBlock } from "./yamlScalar";

/** What mappings share, by their numbers. */
export interface Sharing {
  /** Those that merge an earlier one. */
  shares: Map<number, Share>;
  /**
   * Those that others merge, with the keys that all of these have: one can be given another value there, but none can be
   * removed.
   */
  merged: Map<number, Set<string>>;
}

/** What a mapping has of an earlier one. */
export interface Share {
  of: number;
  /** The keys whose values are the same, so that they aren't written again. */
  inherited: Set<string>;
}

/** A mapping that others merge, or may. */
interface Base {
  number: number;
  /** What of it is merged. */
  keys: Set<string>;
  members: number[];
  /** How many others it merges itself, one through the other. */
  depth: number;
}

/** Fewer lines than these aren't worth a name for what they say. */
const fewestLines = 3;
/** How many before one are looked at, besides those that others merge already or that merge none. */
const nearby = 20;
/** Who looks for a value doesn't look in more places than these. */
const deepest = 2;

/**
 * Which mappings are near-copies of an earlier one. Each merges the one that saves most lines, the first of those that save as many.
 */
export function sharingOf(mappings: readonly YamlMapping[]): Sharing {
  const all = mappings.map(
    ({ entries }) =>
      new Map(entries.map(({ key, value }) => [String(key), { id: idOf(value), weight: linesOf(value) }])),
  );
  const shares = new Map<number, Share>();
  const bases: Base[] = [];
  let recent: Base[] = [];

  for (const number of all.keys()) {
    const base = best(number, [...bases, ...recent]);
    if (base) join(number, base);
    const own = { number, keys: new Set(all[number]?.keys()), members: [], depth: base ? base.depth + 1 : 0 };
    if (!base) bases.push(own);
    else if (own.depth < deepest) recent = [...recent, own].slice(-nearby);
  }
  for (const base of bases) base.members = base.members.filter(isWorthIt);
  return {
    shares,
    merged: new Map(bases.filter(({ members }) => members.length > 0).map(({ number, keys }) => [number, keys])),
  };

  function best(number: number, among: Base[]): Base | undefined {
    let [found, most]: [Base | undefined, number] = [undefined, fewestLines - 1];
    for (const base of among) {
      const saved = linesSaved(number, base);
      if (saved > most) [found, most] = [base, saved];
    }
    return found;
  }

  /** What one saves by merging another, less what the others that do have to write then. */
  function linesSaved(number: number, { number: other, keys, members, depth }: Base): number {
    const [own, its] = [all[number], all[other]];
    // a name for one that merges another itself is one more to look up
    let saved = depth > 0 && members.length === 0 ? -1 : 0;
    for (const key of keys) {
      const variable = own?.get(key);
      if (variable) saved += variable.id === its?.get(key)?.id ? variable.weight : 0;
      // what it merges itself would be merged with it
      else if (depth > 0) return 0;
      else saved -= members.filter((member) => shares.get(member)?.inherited.has(key)).length;
    }
    return saved;
  }

  /** Whether it still has something of another, after others have come that haven't all that it had. */
  function isWorthIt(number: number): boolean {
    const { size } = shares.get(number)?.inherited ?? new Set();
    if (size < fewestLines - 1) shares.delete(number);
    return shares.has(number);
  }

  function join(number: number, base: Base): void {
    const [own, its] = [all[number], all[base.number]];
    for (const key of base.keys) {
      if (own?.has(key)) continue;
      base.keys.delete(key);
      for (const member of base.members) shares.get(member)?.inherited.delete(key);
    }
    base.members.push(number);
    const inherited = [...base.keys].filter((key) => own?.get(key)?.id === its?.get(key)?.id);
    shares.set(number, { of: base.number, inherited: new Set(inherited) });
    if (!bases.includes(base)) {
      bases.push(base);
      recent = recent.filter((one) => one !== base);
    }
  }
}

/** How many lines are saved where a value needn't be written; a collection that is repeated has an alias, which is one. */
function linesOf(value: YamlNode): number {
  return 1 + (value.is === "scalar" ? (literalBlock(value.value)?.lines.length ?? 0) : 0);
}
