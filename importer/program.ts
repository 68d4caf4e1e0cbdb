import type { Json } from "../provider/kind";
import * as lifecycle from "../provider/lifecycle";
import { Expression, literal, Names } from "./code";
import { essentials } from "./essentials";
import type { Item } from "./inventory";

/** What can't be expressed, so that it is left as it is on the server. */
export interface LeftOut {
  /** The object, such as `variable "big"`. */
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

/** How the parts of a program are called, in the order in which they need each other. */
const sections: [type: string, title: string, noun: string][] = [
  ["BlockType", "block types", "Type"],
  ["BlockSchema", "block schemas", "Schema"],
  ["Block", "blocks", "Block"],
  ["WorkPool", "work pools", "Pool"],
  ["WorkQueue", "work queues", "Queue"],
  ["GlobalConcurrencyLimit", "global concurrency limits", "Limit"],
  ["TagConcurrencyLimit", "tag concurrency limits", "Limit"],
  ["Variable", "variables", "Variable"],
  ["Flow", "flows", "Flow"],
  ["Deployment", "deployments", "Deployment"],
  ["Automation", "automations", "Automation"],
];

/** JSON with more lines than this goes into a file of its own. */
const mostLines = 12;
/** The arguments that are often long, with the folder of their files and what they are called. */
const ownFiles: Record<string, { folder: string; noun: string }> = {
  baseJobTemplate: { folder: "job-templates", noun: "JobTemplate" },
  parameterOpenapiSchema: { folder: "parameter-schemas", noun: "Parameters" },
  fields: { folder: "block-fields", noun: "Fields" },
};

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
  private readonly variables = new Names();
  private readonly files = new Map<string, string>();
  private readonly imports: string[] = [];
  private readonly importOf = new Map<string, string>();
  private readonly secrets: string[] = [];
  private readonly leftOut: LeftOut[] = [];
  /** The variable of each item that has been written. */
  private readonly written = new Map<Item, string>();
  private readonly used = new Set<string>();
  private readonly types = new Set<string>();
  private readonly items: Item[];

  constructor(items: Item[]) {
    this.items = items.filter((item) => {
      const why = obstacle(item, items);
      if (why !== undefined) this.leftOut.push({ what: `${item.kind.noun} "${item.kind.label(item.args)}"`, why });
      return why === undefined;
    });
  }

  write(server: string, project: string): Program {
    const parts = sections.map(([type, title, noun]) => {
      const names = new Names();
      const own = inOrder(this.items.filter(({ kind }) => kind.type === type));
      const statements = own.map((item) => this.statement(item, noun, names));
      return { title, statements };
    });
    const body = parts
      .filter(({ statements }) => statements.length > 0)
      .map(({ title, statements }) => {
        const lines = statements.map(({ variable, text }) =>
          this.used.has(variable) ? `const ${variable} = ${text}` : text,
        );
        return `// ${title}\n${lines.join("\n")}\n`;
      });
    const needsPulumi = this.secrets.length > 0;
    const head = [
      `// Written by \`meta-prefect import\` from ${server}. With adopt: true each resource takes over the object that exists.`,
      ...this.leftOut.map(({ what, why }) => `// Left out: ${what}: ${why.replaceAll("\n", " ")}`),
      ...(needsPulumi ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
      `import {\n${[...this.types]
        .sort()
        .map((type) => `  ${type},\n`)
        .join("")}} from "meta-prefect";`,
      ...this.imports,
      "",
      ...(needsPulumi ? ["const config = new pulumi.Config();", ""] : []),
    ];
    this.files.set("index.ts", `${head.join("\n")}\n${body.join("\n")}`);
    this.files.set("Pulumi.yaml", `name: ${project}\nruntime: nodejs\n`);
    this.files.set("package.json", `${JSON.stringify(packageOf(project), undefined, 2)}\n`);
    this.files.set("tsconfig.json", `${JSON.stringify(compilerSettings, undefined, 2)}\n`);
    return { files: this.files, count: this.items.length, secrets: this.secrets, leftOut: this.leftOut };
  }

  private statement(item: Item, noun: string, names: Names): { variable: string; text: string } {
    const { kind } = item;
    const { name, tag, ...rest } = essentials(item);
    const label = kind.type === "TagConcurrencyLimit" ? String(tag) : (textOf(name) ?? this.titleOf(item));
    const pulumiName = names.unique(label, ...alternatives(item));
    const given: Json = { ...(pulumiName !== label && name !== undefined ? { name } : {}) };
    if (tag !== undefined && pulumiName !== tag) given.tag = tag;
    const linked = this.linked(item, rest);
    // in the order of the documentation, which starts with what matters most
    const ordered = Object.keys(kind.rules.shape).filter((key) => key in linked);
    const args = { ...given, ...Object.fromEntries(ordered.map((key) => [key, linked[key]])), adopt: true };
    const variable = this.variables.variable(pulumiName, noun);
    this.written.set(item, variable);
    this.types.add(kind.type);
    return { variable, text: `new ${kind.type}(${JSON.stringify(pulumiName)}, ${literal(args)});` };
  }

  private titleOf({ args }: Item): string {
    const type = this.items.find(({ uuid }) => uuid === args.blockTypeId);
    const version = textOf(args.version);
    const title = textOf(type?.args.slug) ?? String(args.blockTypeId);
    return version === undefined || version === "non-versioned" ? title : `${title}-${version}`;
  }

  /** The arguments, with variables for what the program makes, configuration for secrets, and files for what is long. */
  private linked(item: Item, args: Json): Json {
    const linked = { ...args };
    const names: [string, string, string, Json][] = [
      ["workPoolName", "WorkPool", "name", { name: args.workPoolName }],
      ["workQueueName", "WorkQueue", "name", { name: args.workQueueName, workPoolName: args.workPoolName }],
      ["flowName", "Flow", "name", { name: args.flowName }],
      ["blockTypeSlug", "BlockType", "slug", { slug: args.blockTypeSlug }],
    ];
    for (const [key, type, property, wanted] of names) {
      if (args[key] === undefined || item.kind.type === type) continue;
      const target = this.items.find(
        (other) =>
          other.kind.type === type && Object.entries(wanted).every(([part, value]) => other.args[part] === value),
      );
      linked[key] = this.reference(target, property) ?? args[key];
    }
    for (const key of Object.keys(linked)) {
      if (key === "parameters" || key === "jobVariables" || key === "pullSteps") continue;
      linked[key] = this.withIds(linked[key], key);
      const place = ownFiles[key];
      if (place !== undefined) linked[key] = this.inOwnFile(place, item, linked[key]);
    }
    if (item.secretFields && linked.data) linked.data = this.withSecrets(item, linked.data as Json);
    return linked;
  }

  private reference(target: Item | undefined, property: string): Expression | undefined {
    const variable = target && this.written.get(target);
    if (variable === undefined) return undefined;
    this.used.add(variable);
    return new Expression(`${variable}.${property}`);
  }

  private withIds(value: unknown, key = ""): unknown {
    if (value instanceof Expression) return value;
    if (typeof value === "string" && /Id$|^block_document_id$/.test(key)) {
      const target = this.items.find(({ uuid }) => uuid === value);
      const hasOwnId = target && ["WorkPool", "WorkQueue"].includes(target.kind.type);
      return this.reference(target, hasOwnId ? "uuid" : "id") ?? value;
    }
    if (Array.isArray(value)) return value.map((part) => this.withIds(part));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([part, of]) => [part, this.withIds(of, part)]));
  }

  private withSecrets(item: Item, data: Json): Json {
    return (item.secretFields ?? []).reduce((known, field) => {
      // what stands below a wildcard is secret as a whole
      const path = field.split(".*")[0]?.split(".") ?? [];
      return this.withSecret(item, known, path, path);
    }, data);
  }

  private withSecret(item: Item, value: Json, [key = "", ...rest]: string[], path: string[]): Json {
    const part = value[key];
    if (part === undefined || part === null || part instanceof Expression) return value;
    if (rest.length > 0) {
      if (typeof part !== "object" || "$ref" in part) return value;
      return { ...value, [key]: this.withSecret(item, part as Json, rest, path) };
    }
    const name = [item.args.blockTypeSlug, item.args.name, ...path]
      .map(String)
      .join("-")
      .replace(/[^\w-]/g, "_");
    this.secrets.push(name);
    const read = typeof part === "string" ? "requireSecret" : "requireSecretObject";
    return { ...value, [key]: new Expression(`config.${read}(${JSON.stringify(name)})`) };
  }

  private inOwnFile({ folder, noun }: { folder: string; noun: string }, item: Item, value: unknown): unknown {
    const text = `${JSON.stringify(value, undefined, 2)}\n`;
    if (text.split("\n").length <= mostLines) return value;
    const known = this.importOf.get(text);
    if (known !== undefined) return new Expression(known);
    const title = textOf(item.args.flowName) ?? textOf(item.args.name) ?? this.titleOf(item);
    const variable = this.variables.variable(title, noun);
    const stem = `${folder}/${title.replace(/[^\w.-]+/g, "-")}`;
    let file = `${stem}.json`;
    for (let number = 2; this.files.has(file); number += 1) file = `${stem}-${number}.json`;
    this.files.set(file, text);
    this.imports.push(`import ${variable} from "./${file}";`);
    this.importOf.set(text, variable);
    return new Expression(variable);
  }
}

/** Why an item can't be taken over without a change; undefined when it can. */
function obstacle(item: Item, all: Item[]): string | undefined {
  const { kind, args } = item;
  if (holdsBigint(args)) return "it holds an integer beyond 2^53, which JavaScript can't hold";
  if (
    kind.type === "Automation" &&
    all.some((other) => other !== item && other.kind.type === kind.type && other.args.name === args.name)
  ) {
    return "there are several of that name; rename or delete all but one";
  }
  const { inputs, failures } = lifecycle.check(kind, undefined, { ...essentials(item), adopt: true }, {});
  const [failure] = failures;
  if (failure) return `${failure.property} ${failure.reason}`;
  const { changed } = lifecycle.compare(kind, inputs, item.remote);
  if (changed.length > 0) return `its ${changed.join(" and ")} can't be expressed as it is`;
  return undefined;
}

/** Other Pulumi names of an item whose own name is taken, the plainest first. */
function alternatives({ kind, args }: Item): string[] {
  if (kind.type === "WorkQueue") return [`${String(args.workPoolName)}-${String(args.name)}`];
  if (kind.type === "Deployment") return [`${String(args.flowName)}/${String(args.name)}`];
  if (kind.type === "Block") return [`${String(args.blockTypeSlug)}-${String(args.name)}`];
  return [];
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

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function holdsBigint(value: unknown): boolean {
  if (typeof value === "bigint") return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsBigint);
}

function packageOf(name: string): object {
  return {
    name,
    private: true,
    main: "index.ts",
    dependencies: { "@pulumi/pulumi": "^3.270.0", "meta-prefect": "*" },
    devDependencies: { "@types/node": "^20.0.0", typescript: "5.9" },
  };
}

const compilerSettings = {
  compilerOptions: {
    strict: true,
    target: "es2022",
    module: "nodenext",
    esModuleInterop: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
  },
  files: ["index.ts"],
};
