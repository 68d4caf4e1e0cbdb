import type { Converted } from "../../recipes/prefectYaml/converted";
import { partsOf } from "../../recipes/yaml/interpolation";

/** What is filled in from elsewhere, each once. */
export interface FilledIn {
  /** Variables of the environment. */
  env: string[];
  /** Keys of the stack's configuration. */
  config: string[];
}

/** What the deployments take from the environment and from the stack's configuration, in the order in which they name it. */
export function filledIn({ deployments }: Converted): FilledIn {
  const found = deployments
    .flatMap(({ deployment }) => textsIn(deployment))
    .flatMap((text) => {
      const parts = partsOf(text);
      return "mistake" in parts ? [] : parts.filter((part) => typeof part !== "string");
    });
  const keysFrom = (source: keyof FilledIn) => [
    ...new Set(found.filter(({ from }) => from === source).map(({ key }) => key)),
  ];
  return { env: keysFrom("env"), config: keysFrom("config") };
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
