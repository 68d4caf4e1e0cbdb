import * as fs from "node:fs";
import * as path from "node:path";
import { camel } from "../../provider/api/casing";
import { nearest } from "../../provider/engine/nearest";
import { programError } from "../../provider/program/programError";
import { programFolder } from "../../provider/program/programFolder";
import { recipeKey, recipes as ours, rulesOf } from "../registry";
import { moduleFile } from "../teamRecipe";
import { named, spelled } from "./forms";
import { isTemplate, partsOf } from "./interpolation";
import { isPattern } from "./overlay";
import { deploymentRules } from "./rules";
import { Mistakes, Source, type Span } from "./source";
import { type Entry, type List, type Mapping, type Scalar, type Tree, treeOf } from "./tree";

/** A deployment as it is written, with the overlays of its environments. */
export interface WrittenDeployment {
  span: Span;
  /** Its `recipe` and `variables`. */
  base: Mapping;
  /** By environment or pattern; undefined where it is left out. */
  overlays: Map<string, { at: Span; overlay: Mapping | undefined }>;
}

/** The deployments of a flow. */
export interface WrittenFlow {
  name: string;
  at: Span;
  deployments: WrittenDeployment[];
}

/** What is said of a recipe. */
export interface WrittenRecipe {
  at: Span;
  /** Where the team's own recipe is. */
  module?: Scalar & { value: string };
  args: Mapping;
}

/** A meta_prefect.yaml, read. */
export interface WrittenFile {
  source: Source;
  /** The file's folder, an absolute path. */
  folder: string;
  name?: string;
  flows: WrittenFlow[];
  recipes: Map<string, WrittenRecipe>;
  /** The names of all recipes that there are for it. */
  known: string[];
  mistakes: Mistakes;
}

const ofFile = ["name", "deployments", "recipes"];
const ofDeployment = ["recipe", "variables", "environments"];
const ofOverlay = ["recipe", "variables"];
/** Names of projects as Pulumi takes them. */
const projectName = /^[A-Za-z0-9_.-]{1,100}$/;

/**
 * Reads a file, and notes all that is wrong in its form.
 *
 * @param given path of the file; a relative one belongs to the program's folder
 * @param more names of recipes that the program gives
 * @throws RunError when there is no such file
 */
export function readFile(given: string, more: readonly string[] = []): WrittenFile {
  const file = path.resolve(programFolder(), given);
  const below = path.relative(process.cwd(), file);
  const source = new Source(below.startsWith("..") ? path.basename(file) : below, textOf(file));
  const mistakes = new Mistakes(source);
  return new Reader(source, path.dirname(file), mistakes, more).read();
}

function textOf(file: string): string {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder" : `can't be read (${code})`;
    throw programError(`${file} ${why}; name the file, or write one by: meta-prefect init`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw programError(`${file} is not in UTF-8; save it in UTF-8`);
  }
}

class Reader {
  private readonly known: string[];
  private readonly recipes = new Map<string, WrittenRecipe>();

  constructor(
    private readonly source: Source,
    private readonly folder: string,
    private readonly mistakes: Mistakes,
    more: readonly string[],
  ) {
    this.known = [...new Set([...Object.keys(ours), ...more])];
  }

  read(): WrittenFile {
    const root = treeOf(this.source, this.mistakes);
    const top = root && this.mapping(root, root.span, "the file", "deployments: ...");
    if (!root && this.mistakes.areNone) {
      this.mistakes.add({ start: 0, end: 0 }, "the file is empty; write deployments, or let `meta-prefect init` do it");
    }
    const entries = top ? named(top, ofFile, "the file", this.mistakes) : new Map<string, Entry>();
    const name = this.text(entries.get("name"), "name");
    if (name && !projectName.test(name.value)) {
      this.mistakes.add(
        name.span,
        `name is ${JSON.stringify(name.value)}; give at most 100 letters, digits, dots, dashes and underscores, as Pulumi's projects have`,
      );
    }
    this.readRecipes(entries.get("recipes"));
    const deployments = entries.get("deployments");
    if (top && !deployments) {
      this.mistakes.add(top.span, "there are no deployments; write deployments: with the name of a flow below it");
    }
    const flows = this.flows(deployments);
    const { source, folder, recipes, known, mistakes } = this;
    return { source, folder, name: name?.value, flows, recipes, known, mistakes };
  }

  private readRecipes(given: Entry | undefined): void {
    const all = given && this.mapping(given.value, given.at, "recipes", "local_run_deployer: { tags: [team] }");
    const modules = [...(all?.entries ?? [])].filter(
      ([, { value }]) => value.kind === "mapping" && value.entries.has("module"),
    );
    this.known.push(...modules.map(([key]) => key).filter((key) => !this.known.includes(key)));
    for (const [key, { at, value }] of all?.entries ?? []) {
      if (!this.known.includes(key)) {
        this.mistakes.add(at, `${this.noRecipe(key)}, or give the module of a recipe of your own`);
        continue;
      }
      const mapping = this.mapping(value, at, `recipe "${key}"`, "{ tags: [team] }");
      if (mapping) this.recipes.set(key, this.recipe(key, at, mapping));
    }
  }

  private recipe(key: string, at: Span, mapping: Mapping): WrittenRecipe {
    const { module: place, ...rest } = Object.fromEntries(mapping.entries);
    const module = this.text(place, "module");
    if (place && Object.hasOwn(ours, key)) {
      this.mistakes.add(
        place.at,
        `recipe "${key}" is this package's own, so that it has no module; give yours another name`,
      );
    }
    if (module && !Object.hasOwn(ours, key) && moduleFile(path.resolve(this.folder, module.value)) === undefined) {
      this.mistakes.add(
        module.span,
        `recipe "${key}": there is no file ${module.value}, with or without .ts or .js, below this file's folder; correct the path`,
      );
    }
    const given: Mapping = { ...mapping, entries: new Map(Object.entries(rest)) };
    for (const [name, why] of Object.entries(notForYaml)) {
      const entry = given.entries.get(name);
      if (entry) this.mistakes.add(entry.at, `${name} ${why}`);
      given.entries.delete(name);
    }
    this.refuseWrongTexts(given);
    const args = spelled(given, rulesOf(key), `recipe "${key}"`, this.mistakes) as Mapping;
    return { at, module, args };
  }

  private flows(given: Entry | undefined): WrittenFlow[] {
    const all = given && this.mapping(given.value, given.at, "deployments", "my-flow: [...]");
    return [...(all?.entries ?? [])].map(([name, { at, value }]) => {
      if (name === "") this.mistakes.add(at, "the name of a flow is empty; give the flow's name");
      const list = this.list(value, at, `flow "${name}"`, "- recipe: local_run_deployer");
      const items = list?.items ?? [];
      return { name, at, deployments: items.flatMap((item) => this.deployment(item, name)) };
    });
  }

  private deployment(item: Tree, flow: string): WrittenDeployment[] {
    const noun = `a deployment of flow "${flow}"`;
    const mapping = this.mapping(item, item.span, noun, "recipe: local_run_deployer");
    if (!mapping) return [];
    const entries = this.settingsOf(mapping, ofDeployment, noun);
    const base = this.settings(entries, mapping.span);
    const given = entries.get("environments");
    const all = given && this.mapping(given.value, given.at, "environments", "prod: { variables: ... }");
    const overlays = new Map(
      [...(all?.entries ?? [])].map(([env, entry]) => [env, { at: entry.at, overlay: this.overlay(env, entry) }]),
    );
    return [{ span: item.span, base, overlays }];
  }

  private overlay(env: string, { at, value }: Entry): Mapping | undefined {
    if (!/^[^/%&><]+$/.test(env)) {
      this.mistakes.add(
        at,
        `environment ${JSON.stringify(env)} is empty or has one of / % & > <, which Prefect's names can't have; give another name`,
      );
    } else if (!isPattern(env) && /[?[\]{}]/.test(env)) {
      this.mistakes.add(
        at,
        `environment "${env}": in a pattern only * stands for any text; write a name, or a pattern such as "pr-*"`,
      );
    }
    if (value.kind === "scalar" && value.value === false) return undefined;
    const noun = `environment "${env}"`;
    const mapping = this.mapping(value, at, noun, "variables: ..., or false to leave the deployment out");
    if (!mapping) return { kind: "mapping", entries: new Map(), span: value.span };
    return this.settings(this.settingsOf(mapping, ofOverlay, noun), mapping.span);
  }

  /** The parts of a deployment or of an overlay; what is said of the deployment beside them belongs below `variables`. */
  private settingsOf(mapping: Mapping, names: string[], noun: string): Map<string, Entry> {
    const isVariable = (key: string) => !names.includes(key) && Object.hasOwn(deploymentRules.shape, camel(key));
    for (const [key, { at }] of mapping.entries) {
      if (isVariable(key)) this.mistakes.add(at, `"${key}" is a variable of the deployment; write it below variables`);
    }
    const rest = new Map([...mapping.entries].filter(([key]) => !isVariable(key)));
    return named({ ...mapping, entries: rest }, names, noun, this.mistakes);
  }

  /** The recipe and the variables, with the names of deployments' arguments. */
  private settings(entries: Map<string, Entry>, span: Span): Mapping {
    const settings = new Map<string, Entry>();
    const recipe = entries.get("recipe");
    const key = this.text(recipe, "recipe");
    if (key && !this.known.includes(key.value)) this.mistakes.add(key.span, this.noRecipe(key.value));
    if (recipe) settings.set("recipe", recipe);
    const variables = entries.get("variables");
    const given = variables && this.mapping(variables.value, variables.at, "variables", "{ name: nightly }");
    if (variables && given) {
      this.refuseWrongTexts(given);
      // a recipe of the team's own may take more
      const rules = this.known.length > Object.keys(ours).length ? deploymentRules.loose() : deploymentRules;
      const value = spelled(given, rules, "a deployment's variables", this.mistakes);
      settings.set("variables", { at: variables.at, value });
    } else if (variables) settings.set("variables", variables);
    return { kind: "mapping", entries: settings, span };
  }

  private noRecipe(given: string): string {
    const meant = this.known.includes(recipeKey(given)) ? recipeKey(given) : nearest(given, this.known);
    return `there is no recipe "${given}"; ${meant ? `did you mean ${meant}? ` : ""}there are ${this.known.join(", ")}`;
  }

  /** Notes what can't be filled in, wherever it stands. */
  private refuseWrongTexts(tree: Tree): void {
    if (tree.kind === "list") tree.items.forEach((item) => this.refuseWrongTexts(item));
    else if (tree.kind === "mapping") for (const { value } of tree.entries.values()) this.refuseWrongTexts(value);
    else if (isTemplate(tree.value)) {
      const parts = partsOf(tree.value);
      if ("mistake" in parts) this.mistakes.add(tree.span, parts.mistake);
    }
  }

  private mapping(tree: Tree, at: Span, noun: string, example: string): Mapping | undefined {
    if (tree.kind === "mapping") return tree;
    this.wrongKind(tree, at, `${noun} must be a mapping, such as ${example}`);
    return undefined;
  }

  private list(tree: Tree, at: Span, noun: string, example: string): List | undefined {
    if (tree.kind === "list") return tree;
    this.wrongKind(tree, at, `${noun} must have a list of deployments, such as ${example}`);
    return undefined;
  }

  private text(entry: Entry | undefined, noun: string): (Scalar & { value: string }) | undefined {
    if (!entry) return undefined;
    const { at, value: tree } = entry;
    if (tree.kind === "scalar" && typeof tree.value === "string" && tree.value !== "") {
      if (!isTemplate(tree.value)) return tree as Scalar & { value: string };
      this.mistakes.add(tree.span, `${noun} can't be filled in by \${...}, as it is needed before that; write it out`);
    } else this.wrongKind(tree, at, `${noun} must be a text`);
    return undefined;
  }

  private wrongKind(tree: Tree, at: Span, message: string): void {
    const isNothing = tree.kind === "scalar" && tree.value === null;
    const given = {
      scalar: () => JSON.stringify((tree as Scalar).value),
      list: () => "a list",
      mapping: () => "a mapping",
    };
    this.mistakes.add(isNothing ? at : tree.span, `${message}, not ${isNothing ? "nothing" : given[tree.kind]()}`);
  }
}

/** What of a recipe's arguments is no data. */
const notForYaml: Record<string, string> = {
  deployments: "of a recipe are those that name it, under deployments at the top; remove it here",
  transform: "takes functions, which YAML doesn't have; write the deployer in TypeScript, or a recipe of your own",
};
