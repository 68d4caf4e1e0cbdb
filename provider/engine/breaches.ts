import type { z } from "zod";
import { holdsUnknown } from "../api/json";
import type { Failure, Json } from "./kind";
import { nearest } from "./nearest";
import { hidden, isSecretAt } from "./secrets";

/** Where the arguments break the rules; a part that isn't known yet breaks none. */
export function breaches(rules: z.ZodObject, args: Json, secrets: readonly string[]): Failure[] {
  const { error } = rules.safeParse(args);
  return (error?.issues ?? []).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      const known = namesAt(rules, issue.path);
      return issue.keys.map((key) => ({
        property: propertyPath([...issue.path, key]),
        reason: noSuchArgument(key, known),
      }));
    }
    const value = valueAt(args, issue.path);
    if (holdsUnknown(value)) return [];
    const shown = isSecretAt(secrets, issue.path)
      ? hidden
      : ((JSON.stringify(value) as string | undefined) ?? "nothing");
    return [{ property: propertyPath(issue.path), reason: `${issue.message}, not ${shown}` }];
  });
}

function noSuchArgument(given: string, known: string[]): string {
  if (known.length === 0) return "there is no such argument";
  const meant = nearest(given, known);
  return `there is no such argument; ${meant ? `did you mean ${meant}? ` : ""}allowed are ${known.join(", ")}`;
}

/** The names that the rules know in the object at a path. */
function namesAt(rules: z.ZodObject, path: PropertyKey[]): string[] {
  const at = path.reduce<RulePart | undefined>((part, key) => {
    const { shape, element } = unwrapped(part) ?? {};
    return shape?.[key] ?? element;
  }, rules);
  return Object.keys(unwrapped(at)?.shape ?? {});
}

/** What zod's objects, arrays and optional values have of each other. */
interface RulePart {
  shape?: Record<PropertyKey, RulePart>;
  element?: RulePart;
  unwrap?: () => RulePart;
}

function unwrapped(part: RulePart | undefined): RulePart | undefined {
  return part && !part.element && part.unwrap ? part.unwrap() : part;
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

/** Pulumi's notation of a property's path, such as `schedules[0].timezone`. */
function propertyPath(path: PropertyKey[]): string {
  return path.map((part, i) => (typeof part === "number" ? `[${part}]` : `${i ? "." : ""}${String(part)}`)).join("");
}

/** The integers that JavaScript has rounded, or may have, before they came here. */
export function inexact(value: unknown, path: PropertyKey[] = []): Failure[] {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const reason =
      `${value} is beyond 2^53, where JavaScript and Pulumi round integers, so that Prefect might get another number; ` +
      "give it as a text";
    return [{ property: propertyPath(path), reason }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    inexact(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}
