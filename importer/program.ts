import { visible } from "../provider/api/visible";
import type { Json } from "../provider/engine/kind";
import { registry } from "../provider/kinds/registry";
import { literal, Names, quoted } from "./code";
import { ConfiguredSecrets } from "./configuredSecrets";
import { essentials } from "./essentials";
import type { Item } from "./inventory";
import { obstacle } from "./obstacle";
import { OwnFiles } from "./ownFiles";
import { projectFiles } from "./projectFiles";
import { References } from "./references";
import { alternatives, plural, textOf, titleOf, variableNoun } from "./titles";

/** What can't be expressed, so that it is left as it is on the server. */
export interface LeftOut {
  /** The object, such as `variable "big"`; with its name as the server has it. */
  what: string;
  why: string;
}

/** A program, as text. */
export interface Program {
  /** The text of each file by its path. */
  files: Map<string, string>;
  /** How many objects it takes over. */
  count: number;
  /** Keys of the stack's configuration that are to be set as secrets. */
  secrets: string[];
  leftOut: LeftOut[];
}

/**
 * Writes a program that takes over each of the items and changes none. What can't be expressed, or would be changed, is left out and
 * named.
 *
 * @param server address that the items were read from
 */
export function writeProgram(items: Item[], server: string, project: string): Program {
  return new Writer(items).write(server, project);
}

class Writer {
  private readonly variables = new Names("pulumi", "config");
  private readonly ownFiles = new OwnFiles(this.variables);
  private readonly secrets = new ConfiguredSecrets();
  private readonly leftOut: LeftOut[] = [];
  private readonly types = new Set<string>();
  private readonly items: Item[];
  private readonly references: References;

  constructor(items: Item[]) {
    this.items = items.filter((item) => {
      const why = obstacle(item, items);
      if (why !== undefined) this.leftOut.push({ what: `${item.kind.noun} "${item.kind.label(item.args)}"`, why });
      return why === undefined;
    });
    this.references = new References(this.items);
  }

  write(server: string, project: string): Program {
    const parts = Object.keys(registry).map((type) => {
      const names = new Names();
      const own = inOrder(this.items.filter(({ kind }) => kind.type === type));
      const statements = own.map((item) => this.statement(item, variableNoun(item.kind.noun), names));
      return { title: plural(own[0]?.kind.noun ?? ""), statements };
    });
    const body = parts
      .filter(({ statements }) => statements.length > 0)
      .map(({ title, statements }) => {
        const lines = statements.map(({ variable, text }) =>
          this.references.isUsed(variable) ? `const ${variable} = ${text}` : text,
        );
        return `// ${title}\n${lines.join("\n")}\n`;
      });
    const needsConfig = this.secrets.keys.length > 0;
    const head = [
      `// Written by \`meta-prefect import\` from ${visible(server)}. With adopt: true each resource takes over the object that exists.`,
      ...this.leftOut.map(({ what, why }) => visible(`// Left out: ${what}: ${why}`)),
      ...(needsConfig || this.references.interpolates ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
      `import {\n${[...this.types]
        .sort()
        .map((type) => `  ${type},\n`)
        .join("")}} from "meta-prefect";`,
      ...this.ownFiles.imports,
      "",
      ...(needsConfig ? ["const config = new pulumi.Config();", ""] : []),
    ];
    const files = new Map([
      ...this.ownFiles.files,
      ["index.ts", `${head.join("\n")}\n${body.join("\n")}`],
      ...projectFiles(project),
    ]);
    return { files, count: this.items.length, secrets: this.secrets.keys, leftOut: this.leftOut };
  }

  private statement(item: Item, noun: string, names: Names): { variable: string; text: string } {
    const { kind } = item;
    const { name, tag, ...rest } = essentials(item);
    const label = kind.type === "TagConcurrencyLimit" ? String(tag) : (textOf(name) ?? titleOf(item, this.items));
    const pulumiName = names.unique(label, ...alternatives(item));
    const given: Json = { ...(pulumiName !== label && name !== undefined ? { name } : {}) };
    if (tag !== undefined && pulumiName !== tag) given.tag = tag;
    const linked = this.linked(item, rest);
    // in the order of the documentation, which starts with what matters most
    const ordered = Object.keys(kind.rules.shape).filter((key) => key in linked);
    const args = { ...given, ...Object.fromEntries(ordered.map((key) => [key, linked[key]])), adopt: true };
    const variable = this.variables.variable(pulumiName, noun);
    this.references.add(item, variable);
    this.types.add(kind.type);
    return { variable, text: `new ${kind.type}(${quoted(pulumiName)}, ${literal(args)});` };
  }

  /** The arguments, with variables for what the program makes, configuration for secrets, and files for what is long. */
  private linked(item: Item, args: Json): Json {
    const linked = this.references.linked(item, args);
    const title = textOf(item.args.flowName) ?? textOf(item.args.name) ?? titleOf(item, this.items);
    for (const key of Object.keys(linked)) linked[key] = this.ownFiles.placed(key, linked[key], title);
    if (item.secretFields && linked.data) linked.data = this.secrets.withSecrets(item, linked.data);
    return linked;
  }
}

/** Items of one kind, those that others of the kind name first; where they name each other, in the order given. */
function inOrder(items: Item[]): Item[] {
  const ordered = new Set<Item>();
  const visiting = new Set<Item>();
  const visit = (item: Item) => {
    if (ordered.has(item) || visiting.has(item)) return;
    visiting.add(item);
    const text = JSON.stringify(item.args);
    for (const other of items) if (other !== item && text.includes(other.uuid)) visit(other);
    ordered.add(item);
  };
  items.forEach(visit);
  return [...ordered];
}
