import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { unknown } from "../../provider/api/json";
import { isFree, ruleOf } from "./forms";
import { isTemplate, type Part, partsOf } from "./interpolation";
import type { Mistakes, Span } from "./source";
import type { Scalar, Tree } from "./tree";

/** Gives the value of a text that has `${...}` in it. `isFree`: it stands where anything may, so that it may be an output. */
export type Fill = (text: Scalar & { value: string }, isFree: boolean) => unknown;

/** The data in a tree, each text with `${...}` in it as a function has it. Null says that an argument isn't given, but in what is free. */
export function filled(tree: Tree, rule: z.ZodType | undefined, fill: Fill): unknown {
  const isOpen = rule === undefined || isFree(rule);
  if (tree.kind === "list") {
    return tree.items.map((item) => filled(item, rule && ruleOf(rule, tree, ""), fill));
  }
  if (tree.kind === "mapping") {
    const given = [...tree.entries].filter(
      ([, { value }]) => isOpen || value.kind !== "scalar" || value.value !== null,
    );
    return Object.fromEntries(
      given.map(([key, { value }]) => [key, filled(value, rule && ruleOf(rule, tree, key), fill)]),
    );
  }
  const { value, span } = tree;
  return isTemplate(value) ? fill({ kind: "scalar", value, span }, isOpen) : value;
}

/** Fills in nothing: what isn't known breaks no rule. */
export const unfilled: Fill = ({ value }) => {
  const parts = partsOf(value);
  const texts = "mistake" in parts ? [unknown] : parts.map((part) => (typeof part === "string" ? part : unknown));
  return texts.includes(unknown) ? unknown : texts.join("");
};

/** Fills in the environment's variables, and leaves what the stack's configuration has to fill in. */
export function fillingEnvironment(mistakes: Mistakes, environment: NodeJS.ProcessEnv = process.env): Fill {
  return (text) =>
    joined(
      text,
      valuesIn(text, environment, ({ written }) => ({ text: written })),
      mistakes,
    );
}

/** Fills in the environment's variables and the stack's configuration. */
export function fillingIn(mistakes: Mistakes, environment: NodeJS.ProcessEnv = process.env): Fill {
  return (given, isFree) => {
    const values = valuesIn(given, environment, configured);
    const text = joined(given, values, mistakes);
    const secret = values.find(({ isSecret }) => isSecret);
    if (!secret) return text;
    if (isFree) return pulumi.secret(text);
    const why = "is a secret, and what stands here is for all to see; set it without --secret, or use another";
    mistakes.add(given.span, `${secret.written} ${why}`);
    return text;
  };
}

/** The environment of nobody: each variable is what stands for it in a file. */
const asWritten = new Proxy<NodeJS.ProcessEnv>({}, { get: (_, name) => `\${env:${String(name)}}` });

/** Fills in the stack's configuration alone: what would come from the environment stays as it is written. */
export function fillingConfiguration(mistakes: Mistakes): Fill {
  return fillingIn(mistakes, asWritten);
}

/**
 * The data in a tree, with what isn't known in the place of each text that can't stand there because nothing has filled it in.
 *
 * @param wrongIn where something is wrong with the data
 * @param unknowns gets these texts
 */
export function fitting(
  tree: Tree,
  rule: z.ZodType,
  fill: Fill,
  wrongIn: (data: unknown) => Span[],
  unknowns: string[],
): unknown {
  const wrong = new Set(wrongIn(filled(tree, rule, fill)).map(({ start }) => start));
  return filled(tree, rule, (text, isFree) => {
    const value = fill(text, isFree);
    if (!wrong.has(text.span.start) || !isTemplate(value)) return value;
    unknowns.push(text.value);
    return unknown;
  });
}

/** What a part of a text is, or why there is nothing. */
interface Value {
  text?: string;
  missing?: string;
  isSecret?: boolean;
  written?: string;
}
type Source = Exclude<Part, string>;

function valuesIn(
  { value }: { value: string },
  environment: NodeJS.ProcessEnv,
  configured: (source: Source) => Value,
): Value[] {
  const parts = partsOf(value);
  // said where the file was read
  if ("mistake" in parts) return [];
  return parts.map((part) => {
    if (typeof part === "string") return { text: part };
    return { written: part.written, ...(part.from === "env" ? ofEnvironment(part, environment) : configured(part)) };
  });
}

function joined({ span }: Scalar, values: Value[], mistakes: Mistakes): string {
  for (const { missing } of values) if (missing !== undefined) mistakes.add(span, missing);
  return values.map(({ text = "" }) => text).join("");
}

function ofEnvironment({ key, written }: Source, environment: NodeJS.ProcessEnv): Value {
  const text = environment[key];
  return text === undefined ? { missing: `${written}: the environment has no variable ${key}; set it` } : { text };
}

function configured({ key, written }: Source): Value {
  const full = key.includes(":") ? key : `${pulumi.getProject()}:${key}`;
  const text = pulumi.runtime.getConfig(full);
  if (text !== undefined) return { text, isSecret: isConfigSecret(full) };
  const remedy = `run: pulumi config set ${key} <value>, with --secret if it is one`;
  return { missing: `${written}: the configuration of stack "${pulumi.getStack()}" has no ${full}; ${remedy}` };
}

/** Whether a value of the configuration is encrypted in it; Pulumi says so at run time alone, not in its types. */
function isConfigSecret(key: string): boolean {
  return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}
