import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { breaches } from "../provider/engine/breaches";
import type { Failure, Json } from "../provider/engine/kind";
import * as rules from "../provider/kinds/shared/rules";
import { programError } from "../provider/program/programError";

/** The rules of a recipe's arguments, by their names. */
export type ArgumentRules = Record<string, z.ZodType>;

const change = z.custom((value) => typeof value === "function", "must be a function").optional();

/** The rule of a recipe's `transform`: functions, by the names of what they change besides `deployment`. */
export function transforms(...names: string[]): z.ZodType {
  const shape = Object.fromEntries(["deployment", ...names].map((name) => [name, change]));
  return z.strictObject(shape, "must be an object of functions").optional();
}

/** The rules of what every recipe takes. Its deployments are checked one by one. */
export const ofEveryRecipe: ArgumentRules = {
  deployments: z.unknown().optional(),
  env: rules.name.optional(),
  tags: rules.strings.optional(),
  version: rules.text.min(1, 'must be a text or "auto"').optional(),
};

/**
 * What is wrong with a recipe's arguments.
 *
 * @param own the rules of what it takes besides what every recipe does
 * @param isOpen whether it may be given more, of which nothing is known, as by a class that extends it
 */
export function argumentFailures(args: Json, own?: ArgumentRules, isOpen = own === undefined): Failure[] {
  const transform = isOpen ? z.looseObject({ deployment: change }).optional() : transforms();
  const shape = z.strictObject({ ...ofEveryRecipe, transform, ...own });
  return known(isOpen ? shape.loose() : shape, args);
}

/** Stands for an output: no rule accepts it but one that accepts anything. */
const opaque = Symbol("output");

/** Where arguments break rules that outputs can't satisfy, since what they say isn't known while the program runs. */
export function known(shape: z.ZodObject, args: Json): Failure[] {
  const outputs = new Set(Object.keys(args).filter((key) => isOutput(args[key])));
  const given = Object.fromEntries(
    Object.entries(args).map(([key, value]) => [key, outputs.has(key) ? opaque : value]),
  );
  return breaches(shape, given, []).map(({ property, reason }) => ({
    property,
    reason: outputs.has(property) ? "must be known when the program runs, so it can't be an output" : reason,
  }));
}

function isOutput(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise || pulumi.Resource.isInstance(value);
}

/**
 * Makes sure that a recipe's arguments are right, which is best done before anything is made of them.
 *
 * @param recipe what messages call it, such as `NightlyDeployer "team"`
 * @param own the rules of what it takes besides what every recipe does; without them, what else is given isn't looked at
 * @param isOpen whether it may be given more, of which nothing is known, as by a class that extends it
 * @throws RunError saying all that is wrong, with the nearest valid name of what there isn't
 */
export function checkArguments(recipe: string, args: unknown, own?: ArgumentRules, isOpen?: boolean): void {
  refuseWrong(recipe, args, (given) => argumentFailures(given, own, isOpen));
}

/** The same, by a function that finds out what is wrong. */
export function refuseWrong(recipe: string, args: unknown, failuresOf: (args: Json) => Failure[]): void {
  if (typeof args !== "object" || args === null || Array.isArray(args))
    throw programError(`${recipe}: its arguments must be an object`);
  const failures = failuresOf(args as Json);
  if (failures.length === 0) return;
  const message = `${recipe}: ${failures.map(({ property, reason }) => `${property}: ${reason}`).join("; ")}`;
  throw Object.assign(programError(message), { failures });
}

/** What is wrong with the arguments of a recipe, as the error that says so knows it. */
export function failuresIn(error: Error & { failures?: Failure[] }): Failure[] {
  return error.failures ?? [];
}
