import * as pulumi from "@pulumi/pulumi";
import { isCredential } from "../../processes/environment";
import type { Json } from "../../provider/engine/kind";
import type { Scalar, Tree } from "../yaml/tree";
import { dataOf } from "../yaml/tree";
import type { Lookups } from "./lookups";
import type { Outputs } from "./outputs";
import { bareName, type Placeholder, placeholdersIn, pythonText, valueAt } from "./placeholders";
import type { PrefectFile } from "./prefectFile";

/** Stands for what is left out because the step that would give it isn't known. */
export const removed = Symbol("removed");

/** Where a text stands that is filled in. */
export type Place =
  /** in a deployment, where JSON is free or not; `{{ ctx.* }}` is the run's, but for schedules and triggers, in which it is lost */
  | { in: "deployment"; isFree: boolean; losesContext?: boolean }
  /** in a trigger's parameters, which steps don't fill in */
  | { in: "trigger parameters" }
  /** in a pull step, which the run fills in as far as it isn't known before */
  | { in: "pull" }
  /** in a build or push step */
  | { in: "step" };

/** How the templates of a file are filled in. */
export interface Filling {
  /** The value of a text; `removed` where nothing is left of it. */
  text(text: Scalar & { value: string }, place: Place, isItem: boolean): unknown;
  /** What the build and push steps give. */
  readonly outputs: Outputs;
}

/** A tree with its texts filled in. */
export function filledTree(tree: Tree, place: Place, filling: Filling, isItem = false): Tree | typeof removed {
  if (tree.kind === "list") {
    const items = tree.items.map((item) => filledTree(item, place, filling, true));
    return { ...tree, items: items.filter((item) => item !== removed) };
  }
  if (tree.kind === "mapping") {
    const entries = [...tree.entries].flatMap(([key, entry]) => {
      const filled = filledTree(entry.value, place, filling);
      return filled === removed ? [] : [[key, { ...entry, value: filled }] as const];
    });
    return { ...tree, entries: new Map(entries) };
  }
  if (typeof tree.value !== "string") return tree;
  const value = filling.text({ ...tree, value: tree.value }, place, isItem);
  return value === removed ? removed : treeOfData(value, tree);
}

/** A value that was filled in, as the tree that would have been written for it. */
function treeOfData(value: unknown, { span }: Scalar): Tree {
  if (Array.isArray(value))
    return { kind: "list", items: value.map((item) => treeOfData(item, { kind: "scalar", value: null, span })), span };
  if (typeof value !== "object" || value === null || pulumi.Output.isInstance(value))
    return { kind: "scalar", value, span };
  const entries = Object.entries(value).map(
    ([key, part]) => [key, { at: span, value: treeOfData(part, { kind: "scalar", value: null, span }) }] as const,
  );
  return { kind: "mapping", entries: new Map(entries), span };
}

/** The placeholders in the texts of a tree. */
export function placeholdersBelow(tree: Tree): Placeholder[] {
  if (tree.kind === "list") return tree.items.flatMap(placeholdersBelow);
  if (tree.kind === "mapping") return [...tree.entries.values()].flatMap(({ value }) => placeholdersBelow(value));
  return typeof tree.value === "string" ? placeholdersIn(tree.value) : [];
}

/**
 * Fills templates in as `prefect deploy` does, and in its order: blocks, variables, the environment, then what steps give. What it would fill
 * in with nothing, or leave out, is noted.
 */
export class DeployTimeFilling implements Filling {
  constructor(
    private readonly file: PrefectFile,
    private readonly lookups: Lookups,
    private readonly environment: NodeJS.ProcessEnv,
    readonly outputs: Outputs,
  ) {}

  text(text: Scalar & { value: string }, place: Place, isItem: boolean): unknown {
    if (!text.value.includes("{{")) return text.value;
    const leaf = new Leaf(text, this.file, this.lookups, this.environment, this.outputs, isItem);
    const value = leaf.filled(place);
    if (!leaf.isSecret || value === removed) return value;
    const isFree = place.in !== "deployment" || place.isFree;
    if (isFree) return pulumi.secret(value);
    this.file.mistakes.add(
      text.span,
      `${text.value} is a secret, and what stands here is for all to see; use what is none`,
    );
    return "";
  }
}

/** One text that is being filled in. */
class Leaf {
  isSecret = false;

  constructor(
    private readonly text: Scalar & { value: string },
    private readonly file: PrefectFile,
    private readonly lookups: Lookups,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly outputs: Outputs,
    private readonly isItem: boolean,
  ) {}

  filled(place: Place): unknown {
    const served = [
      (text: string) => this.fromBlocks(text),
      (text: string) => this.fromVariables(text),
      (text: string) => this.fromEnvironment(text),
    ];
    switch (place.in) {
      case "pull":
        return this.fromRun(this.text.value);
      case "step":
        return this.all((text) => this.fromOutputs(text), ...served);
      case "trigger parameters":
        return this.all(...served);
      case "deployment":
        return this.all(...served, (text) => this.fromOutputs(text, place.losesContext));
    }
  }

  /** The text after some passes, each of which sees what those before have filled in. */
  private all(...passes: ((text: string) => unknown)[]): unknown {
    const start: unknown = this.text.value;
    return passes.reduce((value, pass) => (value === removed ? removed : over(value, pass)), start);
  }

  private fromBlocks(text: string): unknown {
    const given = (placeholder: Placeholder) => {
      const found = this.lookups.block(placeholder);
      if ("problem" in found) {
        this.file.mistakes.add(this.text.span, found.problem);
        return "";
      }
      this.isSecret ||= found.isSecret;
      return found.value;
    };
    return replaced(text, "block", given, (placeholder, value) => {
      if (typeof value === "object" && value !== null) {
        this.file.mistakes.add(
          this.text.span,
          `${placeholder.full} is a ${Array.isArray(value) ? "list" : "mapping"}, which can't stand within a text; name a part of it`,
        );
      }
      return pythonText(value);
    });
  }

  private fromVariables(text: string): unknown {
    return replaced(text, "variable", (placeholder) => {
      const value = this.lookups.variable(placeholder);
      if (value !== undefined) return value;
      this.note(
        `${placeholder.full}: there is no variable ${bareName(placeholder)}, so that nothing is filled in; make it, or correct the name`,
      );
      return "";
    });
  }

  /** What isn't there stays, for what steps give. */
  private fromEnvironment(text: string): unknown {
    return replaced(
      text,
      "env",
      (placeholder) => this.variable(bareName(placeholder)),
      undefined,
      (placeholder) => (placeholder.kind === "standard" ? this.variable(placeholder.name) : undefined),
    );
  }

  private variable(name: string): string | undefined {
    const value = this.environment[name];
    if (value !== undefined && isCredential(name.toUpperCase(), value)) this.isSecret = true;
    return value;
  }

  private fromOutputs(text: string, losesContext = false): unknown {
    const placeholders = placeholdersIn(text).filter(({ name }) => losesContext || !name.startsWith("ctx."));
    if (placeholders.length === 0) return text;
    const [only] = placeholders;
    if (only?.full === text && only.kind === "standard") {
      const value = valueAt(this.outputs.values, only.name);
      if (value === undefined) {
        this.note(
          `${only.full}: ${this.outputs.whyUnknown(only.name)}; it is left out${this.isItem ? " of the list" : ""}`,
        );
        return removed;
      }
      if (this.isItem)
        this.note(`${only.full}: prefect deploy loses an item that is nothing but what a step gives; it is kept`);
      return value;
    }
    return placeholders.reduce((whole, placeholder) => {
      const { full, name, kind } = placeholder;
      if (kind === "block" || kind === "variable") return whole;
      const bare = bareName(placeholder);
      const value = kind === "standard" ? valueAt(this.outputs.values, name) : this.variable(bare);
      if (value === undefined) {
        const why = kind === "env" ? `the environment has no variable ${bare}` : this.outputs.whyUnknown(name);
        this.note(`${full}: ${why}, so that nothing is filled in`);
      }
      return whole.replaceAll(full, () => (value === undefined ? "" : pythonText(value)));
    }, text);
  }

  /** What a run can't know is filled in, all else stays for it. */
  private fromRun(text: string): unknown {
    const placeholders = placeholdersIn(text);
    const valueOf = (placeholder: Placeholder) => {
      if (placeholder.kind === "standard") return valueAt(this.outputs.values, placeholder.name);
      return placeholder.kind === "env" ? this.variable(bareName(placeholder)) : undefined;
    };
    const [only] = placeholders;
    if (only?.full === text && only.kind === "standard") {
      const value = valueOf(only);
      if (value === undefined && this.isItem) {
        this.note(`${only.full}: prefect deploy loses an item that is nothing but what a later step gives; it is kept`);
      }
      return value ?? text;
    }
    return placeholders.reduce((whole, placeholder) => {
      const value = valueOf(placeholder);
      return value === undefined ? whole : whole.replaceAll(placeholder.full, () => pythonText(value));
    }, text);
  }

  private note(message: string): void {
    this.file.notes.add(this.text.span, message);
  }
}

/** A value with its texts changed; what is left of nothing in a list or mapping goes. */
function over(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((part) => over(part, change)).filter((part) => part !== removed);
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value as Json).map(([key, part]) => [key, over(part, change)] as const);
  return Object.fromEntries(parts.filter(([, part]) => part !== removed));
}

/**
 * A text with the placeholders of one kind replaced: whole, it is the value itself; else the value's text. One whose value is undefined stays.
 *
 * @param other gives values for placeholders of other kinds
 */
function replaced(
  text: string,
  kind: Placeholder["kind"],
  given: (placeholder: Placeholder) => unknown,
  within: (placeholder: Placeholder, value: unknown) => string = (_, value) => pythonText(value),
  other: (placeholder: Placeholder) => unknown = () => undefined,
): unknown {
  const placeholders = placeholdersIn(text);
  const valueOf = (placeholder: Placeholder) => (placeholder.kind === kind ? given(placeholder) : other(placeholder));
  const [only] = placeholders;
  if (placeholders.length === 1 && only?.full === text) {
    const value = valueOf(only);
    return value === undefined ? text : value;
  }
  return placeholders.reduce((whole, placeholder) => {
    const value = valueOf(placeholder);
    return value === undefined ? whole : whole.replaceAll(placeholder.full, () => within(placeholder, value));
  }, text);
}

/** The data in a tree, as `dataOf` gives it, of what may have been left out. */
export function dataIn(tree: Tree | typeof removed): unknown {
  return tree === removed ? undefined : dataOf(tree);
}
