import { sharingOf } from "./sharing";
import { mergeKey, type YamlEntry, type YamlMapping, type YamlNode } from "./yamlNode";

/** Mappings that say once what several of them have. */
export interface Merged {
  /** In the same order, with `<<` where one merges an earlier one. */
  mappings: YamlMapping[];
  /** Which of the mappings one merges, by their numbers. */
  from: Map<number, number>;
}

/**
 * Has near-copies merge an earlier one.
 *
 * @param nameOf gives a name to what mappings share, by the numbers of those
 */
export function merged(all: readonly YamlMapping[], nameOf: (numbers: number[]) => string): Merged {
  const { shares, merged: bases } = sharingOf(all);
  const members = new Map<number, number[]>([...bases.keys()].map((number) => [number, []]));
  for (const [number, { of }] of shares) members.get(of)?.push(number);
  const anchors = new Map([...members].map(([number, others]) => [number, nameOf([number, ...others])]));
  return {
    mappings: all.map(withMerges),
    from: new Map([...shares].map(([number, { of }]) => [number, of])),
  };

  function withMerges(mapping: YamlMapping, number: number): YamlMapping {
    const share = shares.get(number);
    const keys = bases.get(number);
    const own = mapping.entries.filter(({ key }) => !share?.inherited.has(String(key)));
    const above = share ? [merging({ is: "alias", name: anchors.get(share.of) ?? "" })] : [];
    const anchor = anchors.get(number);
    if (!keys || keys.size === mapping.entries.length) return { ...mapping, entries: [...above, ...own], anchor };
    // a part of it is merged, namely what others don't all say in another way
    const isMerged = ({ key }: YamlEntry) =>
      keys.has(String(key)) && members.get(number)?.some((one) => shares.get(one)?.inherited.has(String(key)));
    const part: YamlMapping = { is: "mapping", id: "", entries: own.filter(isMerged), anchor, isBlock: true };
    return { ...mapping, entries: [...above, merging(part), ...own.filter((entry) => !isMerged(entry))] };
  }
}

function merging(value: YamlNode): YamlEntry {
  return { key: mergeKey, value };
}
