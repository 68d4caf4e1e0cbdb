import type { Alias, Document, Node, Scalar as YamlScalar, SchemaOptions, YAMLMap, YAMLSeq } from "yaml";
import { nearestKnown } from "../../provider/engine/propertyPath";
import type { Mistakes, Source, Span } from "./source";

/** A YAML document as plain parts, each of which knows where it stands. */
export type Tree = Mapping | List | Scalar;

export interface Mapping {
  kind: "mapping";
  entries: Map<string, Entry>;
  span: Span;
}

/** A key of a mapping, where it stands, and its value. */
export interface Entry {
  at: Span;
  value: Tree;
  /** The key as it is written, where that is no text. */
  written?: string;
}

export interface List {
  kind: "list";
  items: Tree[];
  span: Span;
}

export interface Scalar {
  kind: "scalar";
  value: unknown;
  span: Span;
}

/** How many values a file may have, those that aliases repeat among them: a short file can be written that has any number. */
const mostValues = 200_000;

/** What JavaScript takes for an object's prototype, wherever it is set as a key. */
const prototypeKey = "__proto__";
/** Merges the mappings of aliases into the mapping that it stands in, as YAML 1.1 has it; in quotes it is a key like any other. */
const mergeKey = "<<";

/** How a file's YAML is read, where that isn't YAML 1.2 with each key once in a mapping. */
export interface Dialect {
  version: "1.1" | "1.2";
  /** How plain texts become numbers, flags and the like. */
  schema: SchemaOptions;
  /** What a key is called that is no text; without it, what is written. */
  nameOf?: (key: unknown) => string;
  /** Whether a text without quotes is none, though it is read as one. */
  isNoText(written: string): boolean;
  /** Told of a key that is given again; the last one counts. */
  repeated(name: string, at: Span, first: Span): void;
}

/** The parts of a YAML document; what can't be read is a mistake, and undefined stands for a document without a value. */
export function treeOf(source: Source, mistakes: Mistakes, dialect?: Dialect): Tree | undefined {
  // loaded late: most programs read no YAML
  const yaml = require("yaml") as typeof import("yaml");
  const whole = { start: 0, end: source.text.length };
  let document: Document.Parsed;
  try {
    document = yaml.parseDocument(source.text, { prettyErrors: false, uniqueKeys: false, ...dialect?.schema });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    mistakes.add(whole, "is nested too deeply to be read; flatten it");
    return undefined;
  }
  const wrongLines = new Set<number>();
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const span = { start: pos[0], end: pos[1] };
    const { line } = source.position(span);
    // what else is wrong in a line mostly comes of the first
    if (!wrongLines.has(line)) mistakes.add(span, explained(code, message, source.line(span)));
    wrongLines.add(line);
  }
  const { version = "1.2" } = dialect ?? {};
  if (document.directives.yaml.explicit && document.directives.yaml.version !== version) {
    const given = document.directives.yaml.version;
    mistakes.add(whole, `is YAML ${given}, and YAML ${version} is read here; remove the line with %YAML`);
  }
  if (!mistakes.areNone || document.contents === null) return undefined;
  return new Converter(yaml, document, source, mistakes, dialect).tree(document.contents, whole);
}

/** The parser's words, with what to do. */
function explained(code: string, message: string, line: string): string {
  switch (code) {
    case "TAB_AS_INDENT":
      return "a tab indents the line, which YAML doesn't allow; indent by spaces";
    case "TAG_RESOLVE_FAILED":
      return `${message.replace(/^Unresolved tag: /, "the tag ")} means nothing here; remove it, or quote the text`;
    case "MULTIPLE_DOCS":
      return "a second document starts here; keep one document in a file";
    case "BLOCK_AS_IMPLICIT_KEY":
      return "a mapping starts in the middle of a line; begin it on a line of its own, or quote a text that has a colon in it";
  }
  const remedy = line.includes("${") ? "quote a text with ${...} in it" : "correct it";
  return `this is no YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}; ${remedy}`;
}

class Converter {
  private count = 0;
  /** The collections that are being read, none of which may hold itself. */
  private readonly open = new Set<Node>();
  private readonly targets: Map<Alias, Node>;

  constructor(
    private readonly yaml: typeof import("yaml"),
    document: Document.Parsed,
    private readonly source: Source,
    private readonly mistakes: Mistakes,
    private readonly dialect: Dialect | undefined,
  ) {
    this.targets = targetsIn(document, yaml);
  }

  /** @param span where it stands, if it is nothing */
  tree(node: Node | null, span: Span): Tree {
    this.count += 1;
    if (node === null || this.count > mostValues) return { kind: "scalar", value: null, span };
    const [start, end] = node.range ?? [span.start, span.end];
    const own = { start, end };
    if (this.yaml.isAlias(node)) return this.aliased(node, own);
    if (this.yaml.isScalar(node)) return this.scalar(node.value, own);
    this.open.add(node);
    const collection = this.yaml.isMap(node) ? this.mapping(node, own) : this.list(node, own);
    this.open.delete(node);
    return collection;
  }

  private aliased(alias: Alias, span: Span): Tree {
    const target = this.targets.get(alias);
    if (target && !this.open.has(target)) {
      const value = this.tree(target, span);
      if (this.count <= mostValues) return value;
      this.mistakes.add(span, `with what this alias repeats the file has more than ${mostValues} values; repeat less`);
    } else {
      const wrong = target ? "stands in the value that it repeats" : "has no anchor before it";
      this.mistakes.add(
        span,
        `the alias *${alias.source} ${wrong}; correct its name, or quote a text that starts with *`,
      );
    }
    return { kind: "scalar", value: null, span };
  }

  private scalar(value: unknown, span: Span): Scalar {
    if (typeof value === "number" && !Number.isFinite(value)) {
      const written = this.source.text.slice(span.start, span.end);
      this.mistakes.add(span, `${written} is no number that JSON has; quote it if it is a text`);
    }
    return { kind: "scalar", value, span };
  }

  private list(node: YAMLSeq, span: Span): List {
    return { kind: "list", items: node.items.map((item) => this.tree(item as Node | null, span)), span };
  }

  private mapping(node: YAMLMap, span: Span): Mapping {
    const entries = new Map<string, Entry>();
    const merges: { at: Span; mappings: Mapping[] }[] = [];
    for (const { key, value } of node.items) {
      const at = rangeOf(key as Node | null) ?? span;
      const name = this.nameOf(key, at);
      if (name === undefined) continue;
      const entry: Entry = {
        at,
        value: this.tree(value as Node | null, at),
        ...(this.isOther(key as YamlScalar) && { written: (key as YamlScalar).source }),
      };
      if (name === mergeKey && (key as YamlScalar).type === "PLAIN")
        merges.push({ at, mappings: this.merged(entry, merges[0]?.at) });
      else if (entries.has(name) && this.dialect) {
        this.dialect.repeated(name, at, entries.get(name)?.at ?? span);
        entries.set(name, entry);
      } else if (entries.has(name)) {
        const { line } = this.source.position(entries.get(name)?.at ?? span);
        this.mistakes.add(at, `"${name}" is given twice, first in line ${line}; keep one of them`);
      } else entries.set(name, entry);
    }
    // of several, the last one counts first to those that take a key that is given again
    for (const [name, entry] of merges
      .reverse()
      .flatMap(({ mappings }) => mappings.flatMap(({ entries }) => [...entries]))) {
      if (!entries.has(name)) entries.set(name, entry);
    }
    return { kind: "mapping", entries, span };
  }

  /** A key as it is written, since YAML would make a number of 1.0, or as the dialect calls it. */
  private nameOf(key: unknown, at: Span): string | undefined {
    if (!this.yaml.isScalar(key)) {
      this.mistakes.add(at, "a key must be a text; quote it if it starts with [, { or *");
      return undefined;
    }
    const { nameOf = () => key.source ?? "" } = this.dialect ?? {};
    const name = typeof key.value === "string" ? key.value : nameOf(key.value);
    if (name !== prototypeKey) return name;
    this.mistakes.add(at, `${prototypeKey} can't be a key, as JavaScript has another use for it; choose another`);
    return undefined;
  }

  /** Whether a key is no text to a dialect that tells texts from others. */
  private isOther({ value, type, source = "" }: YamlScalar): boolean {
    if (!this.dialect) return false;
    return typeof value !== "string" || (type === "PLAIN" && this.dialect.isNoText(source));
  }

  /**
   * The mappings whose keys are merged into the one that names them, the first of which counts.
   *
   * @param before where the mapping merges others before
   */
  private merged({ at, value }: Entry, before: Span | undefined): Mapping[] {
    if (before && !this.dialect) {
      const { line } = this.source.position(before);
      this.mistakes.add(
        at,
        `${mergeKey} is given twice, first in line ${line}; write one, such as ${mergeKey}: [*a, *b]`,
      );
    }
    const all = value.kind === "list" ? value.items : [value];
    if (all.every((one) => one.kind === "mapping")) return all;
    this.mistakes.add(at, `${mergeKey} takes an alias of a mapping, or a list of them; correct it, or quote the key`);
    return [];
  }
}

/** What each alias repeats: of anchors of one name the last before it. */
function targetsIn(document: Document.Parsed, { visit, isAlias }: typeof import("yaml")): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_, node) {
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (isAlias(node) && target) targets.set(node, target);
      else if (!isAlias(node) && node.anchor) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

function rangeOf(node: Node | null): Span | undefined {
  return node?.range ? { start: node.range[0], end: node.range[1] } : undefined;
}

/** The data in a tree. */
export function dataOf(tree: Tree): unknown {
  switch (tree.kind) {
    case "scalar":
      return tree.value;
    case "list":
      return tree.items.map(dataOf);
    case "mapping":
      return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, dataOf(value)]));
  }
}

/** Where each part of a tree stands, by its path in Pulumi's notation, such as `schedules[0].cron`; the whole by "". */
export function spansIn(tree: Tree, at: Span, path = ""): [path: string, span: Span][] {
  switch (tree.kind) {
    case "scalar":
      return [[path, tree.value === null ? at : tree.span]];
    case "list":
      return [[path, at], ...tree.items.flatMap((item, i) => spansIn(item, item.span, `${path}[${i}]`))];
    case "mapping": {
      const parts = [...tree.entries].flatMap(([key, entry]) =>
        spansIn(entry.value, entry.at, path === "" ? key : `${path}.${key}`),
      );
      return [[path, at], ...parts];
    }
  }
}

/** Where a property stands or, when it isn't there, that which should have it. */
export function spanOf(spans: Map<string, Span>, property: string): Span | undefined {
  return nearestKnown(property, (path) => spans.get(path));
}
