import * as pulumi from "@pulumi/pulumi";
import { debug } from "../api/debug";
import { messageOf } from "../api/errors";
import { hintsKey, providerKey } from "../engine/keys";
import type { AnyKind, Hints, Json } from "../engine/kind";
import { secretAt, secretsOf } from "../engine/secrets";
import { greetServer, hasEngine, pageInProgram, stackName } from "./program";

/**
 * The text that Pulumi stores with each resource and evaluates to find its provider. It is a contract with every state
 * ever written: never change it.
 */
export function providerText(type: string): string {
  return `exports.handler=()=>require("meta-prefect/provider").get(${JSON.stringify(type)});`;
}

/** The type token of a kind, which is in every URN: never change it. */
function typeToken(type: string): string {
  return `pulumi-nodejs:dynamic/prefect:${type}`;
}

/** Options of each Prefect resource, besides its own arguments. */
export interface AdoptArgs {
  /**
   * Take over the object that exists under this name and bring it to these arguments; without it, an existing object is an
   * error.
   *
   * @default false
   */
  adopt?: boolean;
}

/** Arguments as a program may give them: each part may be a Pulumi output. */
export type Inputs<Args> = { [Key in keyof Args]: pulumi.Input<Args[Key]> | pulumi.Input<Deep<Args[Key]>> };
/** A value any part of which may be an output. */
export type Deep<T> = T extends (infer Item)[]
  ? pulumi.Input<Deep<Item> | Item>[]
  : T extends object
    ? { [Key in keyof T]: pulumi.Input<Deep<T[Key]> | T[Key]> }
    : T;

/** What the base class needs besides the arguments. */
export interface ResourceExtras {
  opts?: pulumi.CustomResourceOptions;
  /** Names of what the resource exposes besides its arguments. */
  outputs?: readonly string[];
  hints?: pulumi.Input<Hints | undefined>;
}

/** What a resource exposes of its arguments: each as an output. */
export type Outputs<Args> = { readonly [Key in keyof Omit<Args, "adopt">]-?: pulumi.Output<Args[Key & keyof Args]> };

/** The class of a kind's resources, but for how their arguments are given. */
export type ResourceClass<Args extends object> = new (
  ...given: ConstructorParameters<typeof PrefectResource<Args>>
) => PrefectResource<Args> & Outputs<Args>;

/**
 * The base class of a kind's resources, which says that each argument is an output: Pulumi makes them when it registers a resource.
 *
 * @typeParam Args the arguments, those filled in that always are there
 */
export function resourceOf<Args extends object>(): ResourceClass<Args> {
  return PrefectResource as unknown as ResourceClass<Args>;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** What an argument that wasn't given is, in every resource. */
const notGiven = pulumi.output(undefined);

/**
 * The base of every Prefect object: a dynamic resource whose stored provider text is a short constant.
 *
 * @typeParam Args the arguments that it is made with
 */
export class PrefectResource<Args extends object = object> extends pulumi.CustomResource {
  /** Prefect's own id of the object: the Pulumi id, but for a work pool and a work queue, whose Pulumi ids are names. */
  declare readonly uuid: pulumi.Output<string>;
  private readonly pageOf: () => pulumi.Output<string>;

  constructor(
    kind: AnyKind,
    name: string,
    given: Inputs<Partial<Args>>,
    { opts, outputs = [], hints }: ResourceExtras = {},
  ) {
    const args = withSecrets(kind, { ...given });
    const { name: named, workPoolName: pool, slug: typeSlug } = args;
    const greeting = greetServer();
    const known = hintsOf(kind, name, args, { opts, hints, greeting });
    super(
      typeToken(kind.type),
      name,
      {
        ...Object.fromEntries(outputs.map((property) => [property, undefined])),
        ...args,
        [hintsKey]: known,
        [providerKey]: providerText(kind.type),
      },
      opts,
    );
    for (const property of Object.keys(kind.rules.shape)) {
      if (!(property in this)) Object.defineProperty(this, property, { value: notGiven, enumerable: true });
    }
    if (!Object.hasOwn(this, "uuid")) Object.defineProperty(this, "uuid", { value: this.id });
    this.pageOf = () =>
      pulumi
        .all([this.id, named, pool, typeSlug])
        .apply(([id, name, workPoolName, slug]) =>
          pageInProgram(
            kind.page({ id, name: textOf(name) ?? "", workPoolName: textOf(workPoolName), slug: textOf(slug) }),
          ),
        );
    if (pulumi.runtime.isDryRun() && hasEngine()) void foretell(this, kind, name, args, known);
  }

  /** The object's page in Prefect's UI. Worked out here, because what a provider gives is unknown in the preview of every change. */
  get url(): pulumi.Output<string> {
    return this.pageOf();
  }
}

/** Says what exists already of what a preview is going to make. What isn't new, which is most, asks nothing. */
async function foretell(
  resource: pulumi.CustomResource,
  kind: AnyKind,
  name: string,
  args: Json,
  hints: pulumi.Input<Hints | undefined>,
): Promise<void> {
  const keepAlive = pulumi.runtime.rpcKeepAlive();
  try {
    if (await isKnown(resource.id)) return;
    // loaded late: most resources of most previews exist
    const { foretellCreation } = require("./existing") as typeof import("./existing");
    const given = (await promiseOf(pulumi.output(hints))) as Hints | undefined;
    await foretellCreation(resource, kind, name, args, given ?? {});
  } catch (error) {
    // a resource that couldn't be registered has been reported
    debug(`${name} isn't looked up: ${messageOf(error)}`);
  } finally {
    keepAlive();
  }
}

/** Whether an output's value is known, which a new resource's id isn't in a preview. */
function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}

function promiseOf(output: pulumi.Output<unknown>): Promise<unknown> {
  return (output as unknown as { promise(): Promise<unknown> }).promise();
}

/** What is secret by its kind is a secret, however it is given. */
function withSecrets(kind: AnyKind, args: Json): Json {
  const keys = secretsOf(kind).filter((key) => args[key] !== undefined);
  return { ...args, ...Object.fromEntries(keys.map((key) => [key, pulumi.secret(args[key])])) };
}

interface Known {
  opts?: pulumi.CustomResourceOptions;
  hints?: pulumi.Input<Hints | undefined>;
  greeting?: Promise<void>;
}

/** What `check` has to know: the stack and, where there is more, that. */
function hintsOf(
  kind: AnyKind,
  name: string,
  args: Json,
  { opts, hints, greeting }: Known,
): pulumi.Input<Hints | undefined> {
  const known = secretsOf(kind);
  const doubtful = Object.keys(args).filter((key) => !known.includes(key));
  const outputs = doubtful.flatMap((key) => outputsIn(args[key], [key]));
  const adopts = args.adopt !== undefined && args.adopt !== false;
  const stack = hasEngine() ? { stack: stackName() } : undefined;
  const together = (...parts: (Hints | undefined)[]): Hints | undefined =>
    parts.some((part) => part) ? (Object.assign({}, ...parts) as Hints) : undefined;
  if (outputs.length === 0 && !adopts) {
    if (!greeting && hints === undefined) return stack;
    return pulumi.all([hints, greeting]).apply(([given]) => together(stack, given));
  }
  // loaded late: few resources take over what exists
  const adoption = adopts ? (require("./adoption") as typeof import("./adoption")) : undefined;
  adoption?.expectAdoption();
  return pulumi.all([hints, greeting]).apply(async ([given]) => {
    const isSecret = await Promise.all(
      outputs.map(({ value }) => pulumi.isSecret(pulumi.output(value)).catch(() => false)),
    );
    const secrets = outputs.filter((_, i) => isSecret[i]).map(({ path }) => secretAt(path));
    const all = together(stack, given, secrets.length > 0 ? { secrets } : undefined);
    if (!adoption) return all;
    const urn = pulumi.createUrn(name, typeToken(kind.type), opts?.parent);
    return adoption.foretellAdoption(kind, urn, args, all ?? {});
  });
}

/** The parts of an argument that are outputs: of what stands beside a secret nothing else is one. */
function outputsIn(value: unknown, path: string[]): { path: string[]; value: unknown }[] {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return [{ path, value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => outputsIn(part, [...path, key]));
}
