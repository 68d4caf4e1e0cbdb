import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import * as ts from "typescript";
import type { Field } from "../provider/engine/field";
import { registry } from "../provider/kinds/registry";
import { root } from "./root";

/** Where the reference pages are. */
export const referenceFolder = path.join(root, "docs", "reference");

/** What stands at the top of each page's source. */
const mark = "<!-- Written by `node dist/tools/reference.js` from the tables of fields and the doc comments. -->";

/** Where what isn't written from the code is listed. */
const others =
  "The command, the file, settings and EKS have pages of their own: [the index](../README.md#reference-look-it-up).";

/** The sections of the list of pages. */
const sections = ["Resources", "Look-ups", "Recipes"] as const;

interface Page {
  section: (typeof sections)[number];
  name: string;
  text: string;
}

/** The public face of the package, as the compiler knows it. */
class PublicFace {
  private readonly checker: ts.TypeChecker;
  private readonly exported: Map<string, ts.Symbol>;

  constructor() {
    const config = ts.readConfigFile(path.join(root, "tsconfig.json"), (file) => ts.sys.readFile(file))
      .config as object;
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const entry = path.join(root, "index.ts");
    const program = ts.createProgram([entry], options);
    this.checker = program.getTypeChecker();
    const source = program.getSourceFile(entry);
    const module = source && this.checker.getSymbolAtLocation(source);
    const symbols = module ? this.checker.getExportsOfModule(module) : [];
    this.exported = new Map(symbols.map((symbol) => [symbol.name, this.target(symbol)]));
  }

  pages(): Page[] {
    const names = [...this.exported.keys()];
    return [
      ...Object.keys(registry).map((name): Page => ({ section: "Resources", name, text: this.resource(name) })),
      ...names
        .filter((name) => /^get[A-Z]/.test(name))
        .map((name): Page => ({ section: "Look-ups", name, text: this.lookUp(name) })),
      ...names
        .filter((name) => /.Deployer$/.test(name))
        .map((name): Page => ({ section: "Recipes", name, text: this.recipe(name) })),
    ];
  }

  /** Each `@example` of what is exported, by its name. */
  examples(): Map<string, string> {
    const found = [...this.exported].map(([name, symbol]): [string, string] => [name, tag(symbol, "example")]);
    return new Map(
      found
        .filter(([, example]) => example !== "")
        .map(([name, example]) => [name, `${imported(this.usedIn(example))}\n\n${example}\n`]),
    );
  }

  /** The names of the package that an example uses. */
  private usedIn(example: string): string[] {
    return [...this.exported.keys()].filter((name) => new RegExp(`\\b${name}\\(`).test(example)).sort();
  }

  private resource(name: string): string {
    const fields = registry[name]?.().fields ?? {};
    const args = this.interface(`${name}Args`);
    return this.page(name, [
      `new ${name}(name: string, args: ${name}Args, opts?: CustomResourceOptions)`,
      "Each argument may be an output of another resource, and is an output of this one. It has `url`, its page in Prefect's UI, " +
        "and `uuid`, Prefect's own id.",
      ...this.argumentList(args, (property) => consequence(property, fields[property])),
      ...this.types(args),
    ]);
  }

  private recipe(name: string): string {
    const args = this.interface(`${name}Args`);
    return this.page(name, [
      `new ${name}(name: string, args: ${name}Args, opts?: ComponentResourceOptions)`,
      "",
      ...this.argumentList(args, () => ""),
      ...this.types(args),
    ]);
  }

  private lookUp(name: string): string {
    const symbol = this.symbol(name);
    const declaration = symbol.declarations?.[0] as ts.FunctionDeclaration;
    const signature = declaration.getText().slice(0, (declaration.body?.getStart() ?? 0) - declaration.getStart());
    return this.page(name, [signature.replace(/^export (async )?/, "").trim(), "", ...this.types(symbol)]);
  }

  private page(name: string, [signature = "", note = "", ...rest]: string[]): string {
    const symbol = this.symbol(name);
    const example = tag(symbol, "example");
    return [
      mark,
      `# ${name}`,
      this.comment(symbol),
      note,
      "```ts",
      imported(example === "" ? [name] : this.usedIn(example)),
      "",
      example === "" ? signature : example,
      "```",
      ...(tag(symbol, "throws") === "" ? [] : [`Fails ${tag(symbol, "throws").replace(/^RunError /, "")}.`]),
      ...rest,
    ]
      .join("\n\n")
      .replaceAll("```ts\n\n", "```ts\n")
      .replaceAll("\n\n```\n", "\n```\n")
      .replaceAll(";\n\n\n\n", ";\n\n");
  }

  private argumentList(args: ts.Symbol, more: (property: string) => string): string[] {
    return ["## Arguments", ...this.properties(args).map((property) => this.line(property, more(property.name)))];
  }

  private line(property: ts.Symbol, more: string): string {
    const declaration = property.declarations?.[0] as ts.PropertySignature;
    const type = (declaration.type?.getText() ?? "").replace(/\s+/g, " ").replace(/pulumi\.Input<([^<>]+)>/g, "$1");
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const parts = [
      `\`${type}\`${isOptional ? "" : ", has to be given"}.`,
      this.comment(property),
      ...(tag(property, "default") === "" ? [] : [`Default: ${sentence(tag(property, "default"))}`]),
      more,
    ];
    return `- **\`${property.name}\`**: ${parts.filter((part) => part !== "").join(" ")}`;
  }

  /** The types that are named below, each once: interfaces with their properties, others as they are declared. */
  private types(from: ts.Symbol): string[] {
    const seen = new Set([from.name]);
    const texts: string[] = [];
    const visit = (node: ts.Node) => {
      if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) {
        const symbol = this.exported.get(node.typeName.text);
        if (symbol && !seen.has(symbol.name)) {
          seen.add(symbol.name);
          texts.push(...this.type(symbol));
          for (const part of this.declared(symbol)) visit(part);
        }
      }
      ts.forEachChild(node, visit);
    };
    for (const part of this.declared(from)) visit(part);
    return texts;
  }

  private type(symbol: ts.Symbol): string[] {
    const declaration = symbol.declarations?.[0];
    if (!declaration) return [];
    if (ts.isInterfaceDeclaration(declaration)) {
      return [`## ${symbol.name}`, this.comment(symbol), ...this.properties(symbol).map((part) => this.line(part, ""))];
    }
    if (!ts.isTypeAliasDeclaration(declaration)) return [];
    return [`## ${symbol.name}`, this.comment(symbol), "```ts", declaration.getText().replace(/^export /, ""), "```"];
  }

  /** What a type, or a function, is written with: its properties, inherited ones too, or its whole declaration. */
  private declared(symbol: ts.Symbol): ts.Node[] {
    const declaration = symbol.declarations?.[0];
    if (!declaration) return [];
    if (ts.isInterfaceDeclaration(declaration)) {
      return this.properties(symbol).flatMap((property) => property.declarations ?? []);
    }
    if (ts.isFunctionDeclaration(declaration))
      return [...declaration.parameters, ...(declaration.type ? [declaration.type] : [])];
    return ts.isTypeAliasDeclaration(declaration) ? [declaration.type] : [];
  }

  private properties(symbol: ts.Symbol): ts.Symbol[] {
    return this.checker.getPropertiesOfType(this.checker.getDeclaredTypeOfSymbol(symbol));
  }

  private comment(symbol: ts.Symbol): string {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.checker)).trim();
    return text.replace(/\s*\n(?!\n)/g, "\n");
  }

  private interface(name: string): ts.Symbol {
    return this.symbol(name);
  }

  private symbol(name: string): ts.Symbol {
    const symbol = this.exported.get(name);
    if (!symbol) throw new Error(`index.ts exports no ${name}; a resource or recipe X needs its XArgs beside it`);
    return symbol;
  }

  private target(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }
}

function tag(symbol: ts.Symbol, name: string): string {
  const found = symbol.getJsDocTags().find((tag) => tag.name === name);
  return ts.displayPartsToString(found?.text).trim();
}

function imported(names: string[]): string {
  return `import { ${names.join(", ")} } from "meta-prefect";`;
}

function sentence(text: string): string {
  return /[.]$/.test(text) ? text : `${text}.`;
}

/** What a change of an argument does, as the table says it; nothing where the comment of the argument says it. */
function consequence(property: string, field: Field | undefined): string {
  if (property === "adopt" || !field) return "";
  if (field.replaces) return "";
  const removed = field.wire !== null && !("clear" in field) ? " When it is removed, Prefect keeps what it has." : "";
  return field.rule.safeParse(undefined).success ? `Changes in place.${removed}` : "Changes in place.";
}

let face: PublicFace | undefined;
/** The compiler takes seconds to read the package, so it does it once. */
const publicFace = () => (face ??= new PublicFace());

/** Every page by the path of its file below the folder. */
export async function referencePages(): Promise<Map<string, string>> {
  const pages = publicFace().pages();
  const list = sections.map((section) => {
    const own = pages.filter((page) => page.section === section);
    return `## ${section}\n\n${own.map(({ name }) => `- [${name}](${name}.md)`).join("\n")}`;
  });
  const all = [
    ...pages.map(({ name, text }) => [`${name}.md`, text]),
    ["README.md", [mark, "# Reference", ...list, others].join("\n\n")],
  ];
  const options = { parser: "markdown", printWidth: 120, proseWrap: "always" } as const;
  const written = all.map(async ([file = "", text = ""]): Promise<[string, string]> => [
    file,
    await prettier.format(text, options),
  ]);
  return new Map(await Promise.all(written));
}

/** Each `@example` of the public face as a whole file, by the name of what it is of. */
export function publicExamples(): Map<string, string> {
  return publicFace().examples();
}

/** The names of the pages that are written; beside them lie those of people. */
export function writtenPages(): string[] {
  const isWritten = (name: string) => fs.readFileSync(path.join(referenceFolder, name), "utf8").startsWith(mark);
  return fs.readdirSync(referenceFolder).filter(isWritten);
}

async function writePages(): Promise<void> {
  fs.mkdirSync(referenceFolder, { recursive: true });
  for (const name of writtenPages()) fs.rmSync(path.join(referenceFolder, name));
  for (const [file, text] of await referencePages()) fs.writeFileSync(path.join(referenceFolder, file), text);
}

if (require.main === module) {
  writePages().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
