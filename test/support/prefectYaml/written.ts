/** A value of a YAML file, with how it is written. */
export type Written =
  | { raw: string }
  | { text: string; isSingle: boolean }
  | { list: Written[]; isFlow: boolean }
  | { mapping: [key: string, value: Written][]; isFlow: boolean };

/** A value as YAML; one in a block begins with a line break. */
export function yamlOf(value: Written, indent = 0): string {
  if ("raw" in value) return value.raw;
  if ("text" in value) return value.isSingle ? `'${value.text.replaceAll("'", "''")}'` : JSON.stringify(value.text);
  const pad = " ".repeat(indent);
  if ("list" in value) {
    if (value.isFlow || value.list.length === 0) return `[${value.list.map(flowOf).join(", ")}]`;
    return value.list.map((item) => `\n${pad}- ${yamlOf(item, indent + 2).trimStart()}`).join("");
  }
  if (value.isFlow || value.mapping.length === 0) {
    const parts = value.mapping.map(([key, part]) => `${key}: ${flowOf(part)}`);
    return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
  }
  return value.mapping
    .map(([key, part]) => {
      const text = yamlOf(part, indent + 2);
      return `\n${pad}${key}:${text.startsWith("\n") || text === "" ? "" : " "}${text}`;
    })
    .join("");
}

/** Within a flow collection everything is. */
function flowOf(value: Written): string {
  if ("list" in value || "mapping" in value) return yamlOf({ ...value, isFlow: true });
  const text = yamlOf(value);
  return text === "" ? "null" : text;
}
