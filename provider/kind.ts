import type { z } from "zod";
import type { PrefectClient } from "./client";

/** A JSON object. */
export type Json = Record<string, unknown>;

/** What is wrong with one argument. */
export interface Failure {
  /** The argument, with the path to the part that is wrong, such as `schedules[0].timezone`. */
  property: string;
  reason: string;
}

/** What the program knows and `check` needs, but the state doesn't keep. */
export interface Hints {
  /** Mistakes that were found before Pulumi saw the resource, such as a flow file that isn't there. */
  failures?: Failure[];
  /** The version that an object to be adopted has now, and whether something else of it changes. */
  adopted?: { version?: string; changes: boolean };
  /** The arguments that were given as Pulumi secrets. */
  secrets?: string[];
}

/** How one object is to change. */
export interface Change<Args> {
  /** The arguments to be had. */
  news: Args;
  /** The object as Pulumi's state or, when it is adopted, the server has it. */
  olds: Partial<Args>;
  /** The arguments that differ, those that were removed among them. */
  changed: ReadonlySet<keyof Args & string>;
}

/**
 * All that is particular to one kind of object: its arguments, their rules, and how they travel to Prefect's REST API
 * and back. What all kinds have in common (check, diff, create, read, update, delete, adopt) is written once, in `lifecycle.ts`.
 *
 * @typeParam Args the arguments, with every Pulumi input resolved
 * @typeParam Remote the object as the API gives it
 */
export interface Kind<Args extends object, Remote> {
  /** The last part of the type token. Frozen: it is in every state. */
  readonly type: string;
  /** What messages call it. */
  readonly noun: string;
  /** The rules of each argument. What passes is used as it was given. */
  readonly rules: z.ZodObject;
  /** The arguments that Prefect can't change in place: a change replaces the object. */
  readonly immutable: readonly (keyof Args & string)[];
  /** The arguments that are secret, however they are given. @default none */
  readonly secret?: readonly (keyof Args & string)[];
  /** The arguments that are sent but not stored; they don't count as a change. @default none */
  readonly writeOnly?: readonly (keyof Args & string)[];
  /** Whether another object can't have the same name while this one is there, so that a replacement deletes it first. */
  sameName(olds: Partial<Args>, news: Args): boolean;
  /** The object's name, for messages. */
  label(args: Partial<Args>): string;
  /** Rules across arguments. Called only when each argument alone is right; parts may be unknown. */
  validate?(args: Args): Failure[];
  /** Fills in what the arguments imply. Parts may be unknown. */
  complete?(news: Args, olds: Args | undefined, hints: Hints): Args;
  /** The object that has the name, if there is one. */
  find(client: PrefectClient, args: Args): Promise<Remote | undefined>;
  /** The object of a stored resource, if it still exists. */
  get(client: PrefectClient, id: string, state: Args & Json): Promise<Remote | undefined>;
  create(client: PrefectClient, args: Args): Promise<Remote>;
  update(client: PrefectClient, id: string, change: Change<Args>, state: Json): Promise<Remote | undefined>;
  delete(client: PrefectClient, id: string, state: Args & Json): Promise<void>;
  id(remote: Remote): string;
  /** Every argument as the server has it; what it has not is undefined. */
  fromApi(remote: Remote): Partial<Args>;
  /** What the resource exposes besides its arguments. @default nothing */
  outputs?(remote: Remote): Json;
  /** The object's page in Prefect's UI: the path below the UI's address. */
  page(object: { id: string; name: string; workPoolName?: string; slug?: string }): string;
  /**
   * What the server has, in the terms of what was asked for: the same value when both mean the same.
   *
   * @default what the server has
   */
  asAsked?(key: keyof Args & string, server: unknown, asked: unknown): unknown;
}

export type AnyKind = Kind<Json, unknown>;
