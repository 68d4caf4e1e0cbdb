import type { z } from "zod";
import { snake } from "../api/casing";
import type { Json } from "./kind";

/** All that is said of one argument of a kind, but for its meaning, which the arguments' interface says. */
export interface Field<Value = unknown, Wire extends string = string> {
  /** What is allowed. Optional, unless the argument has to be given. */
  readonly rule: z.ZodType;
  /** What Prefect calls it; null when the kind itself carries it there and back. @default its own name in snake_case */
  readonly wire?: Wire | null;
  /** What is sent when the argument is removed. @default nothing, so that what the server has stays */
  readonly clear?: unknown;
  /** What Prefect starts with, which goes without saying. @default `clear` */
  readonly initial?: unknown;
  /** Prefect can't change it in place: a change replaces the object. */
  readonly replaces?: true;
  /** Secret, however it is given. */
  readonly secret?: true;
  /** Written by a request of its own, after the one that makes the object. */
  readonly later?: true;
  /** Sent, but not stored; it doesn't count as a change. */
  readonly writeOnly?: true;
  /** The value as Prefect takes it. @default as it is */
  toApi?(value: Value): unknown;
  /** What Prefect has, in our terms. @default as it is */
  fromApi?(value: unknown): Value | undefined;
}

/** A name in snake_case, as `snake` writes it. */
type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : Name;

/** Arguments but for `adopt`, which every kind has and none carries to Prefect. */
type Own<Args> = Omit<Args, "adopt">;

/**
 * A kind's table of fields: a row for each argument and none besides. Where Prefect's object has no field of the argument's name in
 * snake_case, the row has to say which it is.
 */
export type Fields<Args extends object, Remote> = {
  readonly [Key in keyof Required<Own<Args>> & string]: Field<NonNullable<Own<Args>[Key]>, keyof Remote & string> &
    (Snake<Key> extends keyof Remote ? unknown : { readonly wire: (keyof Remote & string) | null });
};

/** A set of names that says no more of itself. */
export interface Names<Name extends string> {
  has(name: Name): boolean;
  readonly size: number;
}

type Table = Readonly<Record<string, Field>>;

/** Each argument that Prefect's object has as a field: its name, the field's name, and its row. */
function carried(fields: Table): [key: string, wire: string, field: Field][] {
  return Object.entries(fields).flatMap(([key, field]): [string, string, Field][] =>
    field.wire === null ? [] : [[key, field.wire ?? snake(key), field]],
  );
}

/** The body of a request that makes an object: what is given. */
export function creationBody(fields: Table, args: object): Json {
  const body: Json = {};
  for (const [key, wire, field] of carried(fields)) {
    const value: unknown = Reflect.get(args, key);
    if (value !== undefined) body[wire] = written(field, value);
  }
  return body;
}

function written(field: Field, value: unknown): unknown {
  return field.toApi ? field.toApi(value) : value;
}

/** The body of a request that changes an object: what differs, with what clears an argument in the place of one that was removed. */
export function changeBody(fields: Table, news: object, changed: Names<string>): Json {
  const body: Json = {};
  for (const [key, wire, field] of carried(fields)) {
    if (!changed.has(key) || field.replaces) continue;
    const value: unknown = Reflect.get(news, key);
    if (value !== undefined) body[wire] = written(field, value);
    else if ("clear" in field) body[wire] = field.clear;
  }
  return body;
}

/** The arguments that an object of Prefect's has; what it has not is undefined. */
export function argumentsIn(fields: Table, remote: object): Json {
  return Object.fromEntries(
    carried(fields).map(([key, wire, field]): [string, unknown] => {
      const given: unknown = Reflect.get(remote, wire);
      const value = given ?? undefined;
      return [key, value !== undefined && field.fromApi ? field.fromApi(value) : value];
    }),
  );
}

/** What Prefect starts with, by argument. */
export function initialValues(fields: Table): Json {
  return Object.fromEntries(
    Object.entries(fields)
      .map(([key, { initial, clear }]): [string, unknown] => [key, initial ?? clear])
      .filter(([, value]) => value !== undefined && value !== null),
  );
}

/** The arguments of which a table says something. */
export function fieldsThat(fields: Table, property: "replaces" | "secret" | "writeOnly" | "later"): string[] {
  return Object.keys(fields).filter((key) => fields[key]?.[property]);
}
