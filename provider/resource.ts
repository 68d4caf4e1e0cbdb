import * as pulumi from "@pulumi/pulumi";
import { hintsKey, providerKey } from "./keys";
import type { AnyKind, Hints, Json } from "./kind";
import { greetServer, pageInProgram } from "./program";
import { secretsOf } from "./secrets";

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
type Deep<T> = T extends (infer Item)[]
  ? pulumi.Input<Deep<Item> | Item>[]
  : T extends object
    ? { [Key in keyof T]: pulumi.Input<Deep<T[Key]> | T[Key]> }
    : T;

/** What the base class needs besides the arguments. */
export interface ResourceExtras {
  opts?: pulumi.CustomResourceOptions;
  /** Names of what the resource exposes besides its arguments. */
  outputs?: readonly string[];
  hints?: pulumi.Input<Hints>;
}

interface Named {
  name?: pulumi.Input<string | undefined>;
  workPoolName?: pulumi.Input<string | undefined>;
  slug?: pulumi.Input<string | undefined>;
}

/** What an argument that wasn't given is, in every resource. */
const notGiven = pulumi.output(undefined);

/** The base of every Prefect object: a dynamic resource whose stored provider text is a short constant. */
export abstract class PrefectResource extends pulumi.CustomResource {
  /** Prefect's own id of the object: the Pulumi id, but for a work pool and a work queue, whose Pulumi ids are names. */
  declare readonly uuid: pulumi.Output<string>;
  private readonly pageOf: () => pulumi.Output<string>;

  constructor(described: object, name: string, given: object, { opts, outputs = [], hints }: ResourceExtras = {}) {
    const kind = described as AnyKind;
    const args = withSecrets(kind, given as Json);
    const greeting = greetServer();
    super(
      typeToken(kind.type),
      name,
      {
        ...Object.fromEntries(outputs.map((property) => [property, undefined])),
        ...args,
        [hintsKey]: hintsOf(kind, name, args, { opts, hints, greeting }),
        [providerKey]: providerText(kind.type),
      },
      opts,
    );
    for (const property of Object.keys(kind.rules.shape)) {
      if (!(property in this)) Object.defineProperty(this, property, { value: notGiven, enumerable: true });
    }
    if (!Object.hasOwn(this, "uuid")) Object.defineProperty(this, "uuid", { value: this.id });
    const { name: named, workPoolName: pool, slug: typeSlug } = given as Named;
    this.pageOf = () =>
      pulumi
        .all([this.id, named, pool, typeSlug])
        .apply(([id, name, workPoolName, slug]) =>
          pageInProgram(kind.page({ id, name: name ?? "", workPoolName, slug })),
        );
  }

  /** The object's page in Prefect's UI. Worked out here, because what a provider gives is unknown in the preview of every change. */
  get url(): pulumi.Output<string> {
    return this.pageOf();
  }
}

/** What is secret by its kind is a secret, however it is given. */
function withSecrets(kind: AnyKind, args: Json): Json {
  const keys = secretsOf(kind).filter((key) => args[key] !== undefined);
  return { ...args, ...Object.fromEntries(keys.map((key) => [key, pulumi.secret(args[key])])) };
}

interface Known {
  opts?: pulumi.CustomResourceOptions;
  hints?: pulumi.Input<Hints>;
  greeting?: Promise<void>;
}

/** What `check` has to know; undefined for most resources, which keeps them cheap. */
function hintsOf(
  kind: AnyKind,
  name: string,
  args: Json,
  { opts, hints, greeting }: Known,
): pulumi.Input<Hints | undefined> {
  const known = secretsOf(kind);
  const doubtful = Object.keys(args).filter((key) => !known.includes(key) && holdsOutput(args[key]));
  const adopts = args.adopt !== undefined && args.adopt !== false;
  if (doubtful.length === 0 && !adopts) {
    return greeting ? pulumi.all([hints, greeting]).apply(([given]) => given) : hints;
  }
  // loaded late: few resources take over what exists
  const adoption = adopts ? (require("./adoption") as typeof import("./adoption")) : undefined;
  adoption?.expectAdoption();
  return pulumi.all([hints, greeting]).apply(async ([given]) => {
    const isSecret = await Promise.all(
      doubtful.map((key) => pulumi.isSecret(pulumi.output(args[key])).catch(() => false)),
    );
    const secrets = doubtful.filter((_, i) => isSecret[i]);
    const all = secrets.length > 0 ? { ...given, secrets } : given;
    if (!adoption) return all;
    const urn = pulumi.createUrn(name, typeToken(kind.type), opts?.parent);
    return adoption.foretellAdoption(kind, urn, args, all ?? {});
  });
}

function holdsOutput(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsOutput);
}
