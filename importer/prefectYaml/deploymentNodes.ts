import { AnchorNames } from "./anchorNames";
import { merged } from "./merging";
import { withoutRepeats } from "./repeats";
import type { Variables } from "./variables";
import { mergeKey, type YamlEntry, type YamlMapping } from "./yamlNode";

/** One that merges another, and says no more than these, stands on one line where it fits. */
const mostOnOneLine = 6;

/** The deployments as items of their flows' lists, each with all that it says. */
export function plainDeployments(all: readonly Variables[]): YamlMapping[] {
  return all.map(({ mapping, comments }) => deploymentNode(mapping, comments));
}

/** The same; each merges what it shares with another, and has aliases for what is repeated in the rest. */
export function foldedDeployments(all: readonly Variables[]): YamlMapping[] {
  const names = new AnchorNames();
  const nameOf = (numbers: number[]) => {
    const those = all.filter((_, number) => numbers.includes(number));
    return names.ofShared(
      those.map(({ name }) => name),
      those.map(({ flow }) => flow),
    );
  };
  const { mappings, from } = merged(
    all.map(({ mapping }) => mapping),
    nameOf,
  );
  const named = all.map(({ name }, number) => ({ name, mapping: mappings[number] as YamlMapping }));
  return withoutRepeats(named, names).map((mapping, number) => {
    const one = all[number] as Variables;
    const other = all[from.get(number) ?? number]?.mapping.entries ?? [];
    return deploymentNode(mapping, [...one.comments, ...unwrittenComments(one, mapping, other)]);
  });
}

function deploymentNode(variables: YamlMapping, comments: string[]): YamlMapping {
  const { entries } = variables;
  const isBlock =
    entries.every(({ key, value }) => key !== mergeKey || value.is !== "alias") ||
    entries.length > mostOnOneLine ||
    entries.some((entry) => entry.comments && entry.comments.length > 0);
  const whole: YamlEntry[] = [
    { key: "recipe", value: { is: "scalar", id: "", value: "plain_deployer" } },
    { key: "variables", value: { ...variables, isBlock } },
  ];
  return { is: "mapping", id: "", entries: whole, isBlock: true, comments };
}

/** The comments on what a deployment merges, but for those that stand where that is written. */
function unwrittenComments({ mapping }: Variables, written: YamlMapping, other: readonly YamlEntry[]): string[] {
  const own = new Set(
    written.entries
      .flatMap(({ key, value }) => (key === mergeKey && value.is === "mapping" ? value.entries : [{ key }]))
      .map(({ key }) => key),
  );
  return mapping.entries
    .filter(({ key }) => !own.has(key))
    .flatMap(({ key, comments = [] }) => {
      const known = other.find((entry) => entry.key === key)?.comments ?? [];
      return comments.join("\n") === known.join("\n") ? [] : comments;
    });
}
