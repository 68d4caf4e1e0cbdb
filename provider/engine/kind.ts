import { z } from "zod";
import type { PrefectClient } from "../api/client";
import { argumentsIn, changeBody, creationBody, type Field, type Fields, fieldsThat, type Names } from "./field";

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
  /** What the program calls arguments, where that differs: "schedules[0]" may be a recipe's "schedule". */
  writtenAs?: Record<string, string>;
  /** Where arguments are written that come from a file, such as "meta_prefect.yaml:7:15" for "schedule.cron"; the whole is "". */
  places?: Record<string, string>;
  /** Arguments, or parts of them, that messages don't show; in the notation of `secrets`. */
  unshown?: string[];
  /** The version that an object to be adopted has now, and whether something else of it changes. */
  adopted?: { version?: string; changes: boolean };
  /** The arguments that were given as Pulumi secrets, or the parts of them: each a name, or a path such as "/jobVariables/env/TOKEN". */
  secrets?: string[];
  /** Arguments of which this machine can't tell what they are, so that those of the state stay. */
  staying?: string[];
  /** Whether a deployment's flow takes parameters that its schema doesn't name. */
  takesMoreParameters?: boolean;
  /** Tells one state of the code that a deployment's flow runs from another: 16 hex digits. */
  codeHash?: string;
  /** What git says of the program's folder; there when a deployment's version is "git". */
  gitVersion?: string;
  /** The stack whose resource it is, as `<organization>/<project>/<stack>`. */
  stack?: string;
  /** Arguments that the program leaves out, with what an earlier release filled in: a state that has it keeps it. */
  formerDefaults?: Json;
}

/** How one object is to change. */
export interface Change<Args> {
  /** The arguments to be had. */
  news: Args;
  /** The object as Pulumi's state or, when it is adopted, the server has it. */
  olds: Partial<Args>;
  /** The arguments that differ, those that were removed among them. */
  changed: Names<keyof Args & string>;
}

/** The running program, as far as the kind of an object may have to know it. */
export interface Program<Args> {
  /** The arguments of all others of the kind. */
  others: Iterable<Args>;
  /** The stack, as `<organization>/<project>/<stack>`; undefined outside of one. */
  stack?: string;
}

/** Whose an object is, as it says itself. */
export interface Owner {
  /** As `<organization>/<project>/<stack>`. */
  stack: string;
  /** As `<user>@<host>`. */
  person?: string;
}

/**
 * All that is particular to one kind of object: its arguments, their rules, and how they travel to Prefect's REST API
 * and back. What all kinds have in common (check, diff, create, read, update, delete, adopt) is written once, in `lifecycle.ts`.
 *
 * @typeParam Args the arguments, with every Pulumi input resolved
 * @typeParam Remote the object as the API gives it
 * @typeParam Key the arguments by which an object is found
 */
export interface Kind<Args extends object, Remote, Key extends keyof Args = keyof Args> {
  /** The last part of the type token. Frozen: it is in every state. */
  readonly type: string;
  /** What messages call it. */
  readonly noun: string;
  /** All that is said of each argument; `adopt` is every kind's. */
  readonly fields: Fields<Args, Remote>;
  /** The rules of the table, as one. What passes is used as it was given. */
  readonly rules: z.ZodObject;
  /** What replaces the object besides a change of what the table says: the arguments by whose difference it does. Parts may be unknown. @default nothing */
  replaces?(olds: Partial<Args>, news: Args): string[];
  /** Whether it is updated although no argument differs. @default never */
  isRenewed?(olds: Partial<Args> & Json): boolean;
  /** Whether another object can't have the same name while this one is there, so that a replacement deletes it first. */
  sameName(olds: Partial<Args>, news: Args): boolean;
  /** The object's name, for messages. */
  label(args: Partial<Args>): string;
  /** What tells it from the others of its label, where several objects share one. @default nothing has to */
  distinction?(args: Partial<Args>): unknown;
  /**
   * Rules across arguments. Called only when each argument alone is right; parts may be unknown.
   *
   * @param others the arguments of all others of the kind that this program has been found to have so far
   */
  validate?(args: Args, hints: Hints, others: Iterable<Args>): Failure[];
  /** Fills in what the arguments imply. Parts may be unknown. */
  complete?(news: Args, olds: Args | undefined, hints: Hints): Args;
  /** The object that has the name, if there is one. */
  find(client: PrefectClient, key: Pick<Args, Key>): Promise<Remote | undefined>;
  /** The object of an id and, where that isn't enough, of a stored resource, if it still exists. */
  get(client: PrefectClient, id: string, state?: Args & Json): Promise<Remote | undefined>;
  /** All objects that a person may manage, those aside that Prefect makes by itself; absent where an object is of this machine's. */
  list?(client: PrefectClient): Promise<Remote[]>;
  /**
   * All that a creation with the mark has made: twins, where an answer was lost and the request sent again. Only reads. Undefined where an
   * object of such arguments doesn't carry the mark. @default none does
   */
  madeWith?(client: PrefectClient, mark: string, args: Args): Promise<Remote[] | undefined>;
  /** @param mark what no other creation has, for an object that can carry it */
  create(client: PrefectClient, args: Args, program: Program<Args>, mark: string): Promise<Remote>;
  /** False when the object isn't there; else true, or the object as it is now when that changes what it exposes. */
  update(
    client: PrefectClient,
    id: string,
    change: Change<Args>,
    state: Json,
    program: Program<Args>,
  ): Promise<Remote | boolean>;
  delete(client: PrefectClient, id: string, state: Args & Json): Promise<void>;
  id(remote: Remote): string;
  /** Whether the server may give an object another id while it stays what it was. @default false */
  readonly isRenumbered?: boolean;
  /** Every argument as the server has it; what it has not is undefined. */
  fromApi(remote: Remote): Partial<Args>;
  /** Whose the object is, where objects say it. @default none does */
  owner?(remote: Remote): Owner | undefined;
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
  /** The arguments of an object of the server as a person would write them. @default as they are */
  asWritten?(args: Partial<Args>): Partial<Args>;
}

/** A kind of which nobody needs to know which: what the engine, the importer and the look-ups work with. */
export interface AnyKind extends Kind<object, unknown> {
  readonly fields: Readonly<Record<string, Field>>;
  asAsked?(key: string, server: unknown, asked: unknown): unknown;
}

type Endpoints = "find" | "get" | "create" | "update" | "delete";
/** What has a usual way. */
type Usual = "sameName" | "label" | "id" | "fromApi" | "list";

/** A kind but for what is usual. */
export type Definition<Args extends object, Remote, Key extends keyof Args> = Omit<
  Kind<Args, Remote, Key>,
  Endpoints | Usual | "fields" | "rules"
> &
  Partial<Pick<Kind<Args, Remote, Key>, Usual>> & {
    /** The table of fields; a function when it is to be made late. */
    fields: Fields<Args, Remote> | (() => Fields<Args, Remote>);
  } & (
    | ({
        /** The address of its objects, such as "/variables": what is not given besides is what Prefect's API usually does there. */
        collection: string;
      } & Partial<Pick<Kind<Args, Remote, Key>, Endpoints>> &
        (
          | {
              /** The address of the object of the name. */
              named(key: Pick<Args, Key>): string;
            }
          | Pick<Kind<Args, Remote, Key>, "find">
        ))
    | ({ collection?: undefined } & Pick<Kind<Args, Remote, Key>, Endpoints>)
  );

/** A kind with what is usual filled in. */
export function defineKind<Args extends object, Remote extends object, Key extends keyof Args = keyof Args>(
  // known by the type that the result is given
  own: NoInfer<Definition<Args, Remote, Key>>,
): Kind<Args, Remote, Key> {
  let fields: Fields<Args, Remote> | undefined;
  let rules: z.ZodObject | undefined;
  const { collection = "", fields: given, ...rest } = own;
  const at = (id: string) => `${collection}/${encodeURIComponent(id)}`;
  const kind: Kind<Args, Remote, Key> = {
    sameName: (olds, news) => kind.label(olds) === kind.label(news),
    label: (args) => String(Reflect.get(args, "name")),
    find: (client, key) => client.find<Remote>("named" in own ? own.named(key) : collection),
    get: (client, id) => client.find<Remote>(at(id)),
    list: collection === "" ? undefined : (client) => client.filter<Remote>(`${collection}/filter`),
    create: (client, args) => client.post<Remote>(`${collection}/`, creationBody(kind.fields, args)),
    update: (client, id, { news, changed }) => client.patchIfChanged(at(id), changeBody(kind.fields, news, changed)),
    delete: (client, id) => client.delete(at(id)),
    id: (remote) => String(Reflect.get(remote, "id")),
    // the compiler has held the table against both
    fromApi: (remote) => argumentsIn(kind.fields, remote) as Partial<Args>,
    ...rest,
    get fields() {
      return (fields ??= typeof given === "function" ? given() : given);
    },
    get rules() {
      return (rules ??= rulesOf(kind.fields));
    },
  };
  return kind;
}

function rulesOf(fields: AnyKind["fields"]): z.ZodObject {
  const shape = Object.fromEntries(Object.entries(fields).map(([key, { rule }]) => [key, rule]));
  return z.strictObject({ ...shape, adopt: z.boolean("must be true or false").optional() });
}

/** The arguments that Prefect can't change in place: a change replaces the object. */
export const immutable = ({ fields }: AnyKind) => fieldsThat(fields, "replaces");
/** The arguments that are secret, however they are given. */
export const secret = ({ fields }: AnyKind) => fieldsThat(fields, "secret");
/** The arguments that are written by a request of their own, after the one that makes the object. */
export const later = ({ fields }: AnyKind) => fieldsThat(fields, "later");
/** The arguments that are sent but not stored; they don't count as a change. */
export const writeOnly = ({ fields }: AnyKind) => fieldsThat(fields, "writeOnly");
