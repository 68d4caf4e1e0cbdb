import type { z } from "zod";
import { camel, snake } from "../../provider/api/casing";
import { nearest } from "../../provider/engine/nearest";
import type { Mistakes } from "./source";
import type { Entry, List, Mapping, Tree } from "./tree";

/** What the inner definition of a zod rule has, of those kinds that are looked into. */
interface Definition {
  type: string;
  innerType?: z.ZodType;
  getter?: () => z.ZodType;
  shape?: Record<string, z.ZodType>;
  catchall?: z.ZodType;
  element?: z.ZodType;
  options?: z.ZodType[];
  values?: unknown[];
}

const definitionOf = (rule: z.ZodType) => rule.def as unknown as Definition;

const knownForms = new WeakMap<z.ZodType, Definition[]>();

/** The forms that a value may take by its rule. A file has many values of few rules. */
function formsOf(rule: z.ZodType): Definition[] {
  const forms = knownForms.get(rule) ?? takenApart(rule);
  knownForms.set(rule, forms);
  return forms;
}

/** What is optional, late or a choice is taken apart. */
function takenApart(rule: z.ZodType): Definition[] {
  const { innerType, getter, options, ...definition } = definitionOf(rule);
  if (innerType) return formsOf(innerType);
  if (getter) return formsOf(getter());
  if (options) return options.flatMap(formsOf);
  return [definition];
}

/** The names of an object's parts, each with its rule. */
interface Shape {
  parts: Map<string, z.ZodType>;
  /** Whether other names may be given, too. */
  isOpen: boolean;
}

/** The rule of a part, where a rule has just one form. */
function partIn(rule: z.ZodType, key: string): z.ZodType | undefined {
  const [only, ...others] = formsOf(rule);
  return others.length === 0 ? only?.shape?.[key] : undefined;
}

/**
 * The shape of a mapping by its rule; undefined where keys are free, as those of parameters are.
 *
 * @param type the mapping's `type`, by which one of several forms is chosen
 */
function shapeOf(rule: z.ZodType, type: unknown): Shape | undefined {
  const forms = formsOf(rule);
  if (forms.some(({ type }) => type === "record" || type === "unknown")) return undefined;
  const objects = forms.filter(({ shape }) => shape);
  if (objects.length === 0) return undefined;
  const chosen = objects.filter(({ shape }) => isOfType(type, shape?.type));
  const meant = chosen.length > 0 ? chosen : objects;
  return {
    parts: new Map(meant.flatMap(({ shape }) => Object.entries(shape ?? {}))),
    isOpen: meant.length !== 1 || meant.some(({ catchall }) => catchall && definitionOf(catchall).type !== "never"),
  };
}

function isOfType(type: unknown, rule: z.ZodType | undefined): boolean {
  return type !== undefined && rule !== undefined && (definitionOf(rule).values ?? []).includes(type);
}

/** The `type` of a mapping, if it has one that is a scalar. */
function typeIn(mapping: Mapping): unknown {
  const given = mapping.entries.get("type")?.value;
  return given?.kind === "scalar" ? given.value : undefined;
}

/** The rule of what stands in a list. */
function elementOf(rule: z.ZodType): z.ZodType | undefined {
  return formsOf(rule).find(({ element }) => element)?.element;
}

/** Whether a value by its rule is JSON of any form, whose keys and values say nothing to us. */
export function isFree(rule: z.ZodType): boolean {
  return formsOf(rule).some(
    ({ type, element }) => type === "record" || type === "unknown" || (element && isFree(element)),
  );
}

/**
 * The rule of a part of a value: an entry of a mapping, or an item of a list; undefined where the rule says nothing of it.
 */
export function ruleOf(rule: z.ZodType, tree: Mapping | List, key: string): z.ZodType | undefined {
  if (tree.kind === "list") return elementOf(rule);
  return partIn(rule, key) ?? shapeOf(rule, typeIn(tree))?.parts.get(key);
}

/**
 * Data with the names that its rule has, each of which may be given in snake_case as well. What stands under free keys is left as it is.
 *
 * @param noun what messages call that which has the names, such as "a deployment"
 */
export function spelled(tree: Tree, rule: z.ZodType, noun: string, mistakes: Mistakes): Tree {
  if (tree.kind === "scalar") return tree;
  if (tree.kind === "list") {
    const element = elementOf(rule);
    return element ? { ...tree, items: tree.items.map((item) => spelled(item, element, noun, mistakes)) } : tree;
  }
  const shape = shapeOf(rule, typeIn(tree));
  if (!shape) return tree;
  const names = [...shape.parts.keys()];
  const entries = new Map<string, Entry>();
  for (const [given, { at, value }] of named(tree, names, noun, mistakes, shape.isOpen)) {
    const part = shape.parts.get(given);
    entries.set(given, { at, value: part ? spelled(value, part, `"${given}"`, mistakes) : value });
  }
  return { ...tree, entries };
}

/** Data with the names that its rule has in snake_case; the inverse of `spelled`. What stands under free keys is left as it is. */
export function inSnakeCase(value: unknown, rule: z.ZodType): unknown {
  if (Array.isArray(value)) {
    const element = elementOf(rule);
    return element ? value.map((item) => inSnakeCase(item, element)) : (value as unknown);
  }
  if (typeof value !== "object" || value === null) return value;
  const shape = shapeOf(rule, (value as { type?: unknown }).type);
  if (!shape) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]: [string, unknown]) => {
      const known = shape.parts.get(key);
      return known ? [snake(key), inSnakeCase(part, known)] : [key, part];
    }),
  );
}

/**
 * The entries of a mapping by the names that it may have. One that there isn't is a mistake, and is taken for the one that was meant.
 *
 * @param isOpen whether it may have others, too
 */
export function named(
  mapping: Mapping,
  names: string[],
  noun: string,
  mistakes: Mistakes,
  isOpen = false,
): Map<string, Entry> {
  const known = new Map(names.flatMap((name) => [[snake(name), name] as const, [name, name] as const]));
  const entries = new Map<string, Entry>();
  for (const [given, entry] of mapping.entries) {
    // in the spelling in which it is written
    const written = given.includes("_") ? names.map(snake) : names;
    const meant = known.get(given) ?? (isOpen ? camel(given) : known.get(nearest(given, written) ?? ""));
    if (!known.has(given) && !isOpen) {
      const question = meant === undefined ? "" : `did you mean ${given.includes("_") ? snake(meant) : meant}? `;
      mistakes.add(entry.at, `there is no "${given}" in ${noun}; ${question}allowed are ${written.join(", ")}`);
    } else if (meant !== undefined && entries.has(meant)) {
      mistakes.add(entry.at, `"${given}" is the same as ${meant}, which is given too; keep one of them`);
    }
    if (meant !== undefined && !entries.has(meant)) entries.set(meant, entry);
  }
  return entries;
}
