import { mergeKey, type YamlEntry, type YamlList, type YamlMapping, type YamlNode } from "./yamlNode";
import { commentLines, literalBlock, scalarText } from "./yamlScalar";

/** The columns that a line has, unless a scalar alone is longer. */
const columns = 120;
/** How many collections stand in each other on one line. */
const mostNested = 2;
/** YAML's own limit for a key that is written before its colon is 1024 characters. */
const longestKey = 1000;

/** The lines of a mapping in block style, each indented. */
export function blockText(mapping: YamlMapping, indent: number): string {
  return mapping.entries.map((entry) => entryText(entry, indent)).join("\n");
}

function entryText({ key: given, value, comments = [] }: YamlEntry, indent: number): string {
  const margin = " ".repeat(indent);
  const key = given === mergeKey ? "<<" : scalarText(given, false);
  const isLong = key.length > longestKey;
  const head = isLong ? `${margin}? ${key}\n${margin}:` : `${margin}${key}:`;
  const text = head + valueText(value, indent + 2, isLong ? indent + 1 : head.length);
  const [first, ...others] = commentLines(comments);
  if (first === undefined) return text;
  const beside = `${text} ${first}`;
  const isShort = others.length === 0 && !text.includes("\n") && beside.length <= columns && !isCode(first);
  return isShort ? beside : [...[first, ...others].map((line) => margin + line), text].join("\n");
}

/** Whether a comment is YAML that somebody has put out of use. */
function isCode(comment: string): boolean {
  return /^#\s*(- |[\w"'-]+:(\s|$))/.test(comment);
}

/**
 * What comes after the colon of a key, or the dash of an item.
 *
 * @param column where it starts
 */
function valueText(node: YamlNode, indent: number, column: number): string {
  if (node.is === "alias") return ` *${node.name}`;
  if (node.is === "scalar") {
    const block = literalBlock(node.value);
    if (!block) return ` ${scalarText(node.value, false)}`;
    const margin = " ".repeat(indent);
    return ` ${[block.head, ...block.lines.map((line) => (line === "" ? "" : margin + line))].join("\n")}`;
  }
  const anchor = node.anchor === undefined ? "" : ` &${node.anchor}`;
  const line = lineOf(node, columns - column - anchor.length - 1);
  return `${anchor}${line === undefined ? `\n${collectionText(node, indent)}` : ` ${line}`}`;
}

function collectionText(node: YamlList | YamlMapping, indent: number): string {
  if (node.is === "mapping") return blockText(node, indent);
  const margin = " ".repeat(indent);
  const above = (item: YamlNode) => (item.is === "mapping" ? commentLines(item.comments ?? []) : []);
  return node.items
    .flatMap((item) => [...above(item).map((line) => margin + line), `${margin}-${itemText(item, indent)}`])
    .join("\n");
}

function itemText(item: YamlNode, indent: number): string {
  const isBlock = item.is === "mapping" && item.entries.some(({ value }) => value.is === "mapping" && !isEmpty(value));
  const node = isBlock ? { ...item, isBlock } : item;
  const text = valueText(node, indent + 2, indent + 1);
  // the first line of a block stands beside the dash
  return text.startsWith("\n") ? ` ${text.slice(1).trimStart()}` : text;
}

function isEmpty(node: YamlNode): boolean {
  return (node.is === "list" && node.items.length === 0) || (node.is === "mapping" && node.entries.length === 0);
}

/** A collection on one line, in brackets; undefined where it is better read on several. */
export function lineOf(node: YamlList | YamlMapping, room: number): string | undefined {
  const line = flowText(node, room, 1);
  return line !== undefined && (line.length <= room || isEmpty(node)) ? line : undefined;
}

function flowText(node: YamlNode, room: number, depth: number): string | undefined {
  if (node.is === "alias") return `*${node.name}`;
  if (node.is === "scalar") return literalBlock(node.value) ? undefined : scalarText(node.value, true);
  const anchor = depth === 1 || node.anchor === undefined ? "" : `&${node.anchor} `;
  if (isEmpty(node)) return `${anchor}${node.is === "list" ? "[]" : "{}"}`;
  if (depth > mostNested || (node.is === "mapping" && node.isBlock === true)) return undefined;
  const parts: string[] = [];
  let left = room;
  for (const [key, value] of partsOf(node)) {
    if (left < 0 || (node.is === "list" && value.is === "mapping")) return undefined;
    const text = flowText(value, left, depth + 1);
    if (text === undefined) return undefined;
    parts.push(key + text);
    left -= parts.at(-1)?.length ?? 0;
  }
  return node.is === "list" ? `${anchor}[${parts.join(", ")}]` : `${anchor}{ ${parts.join(", ")} }`;
}

function partsOf(node: YamlList | YamlMapping): (readonly [string, YamlNode])[] {
  if (node.is === "list") return node.items.map((item) => ["", item] as const);
  return node.entries.map(({ key, value }) => [`${key === mergeKey ? "<<" : scalarText(key, true)}: `, value] as const);
}
