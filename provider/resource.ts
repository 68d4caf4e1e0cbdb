import * as pulumi from "@pulumi/pulumi";
import { hintsKey, providerKey } from "./keys";
import type { Hints } from "./kind";
import { greetServer, pageInProgram } from "./program";

/**
 * The text that Pulumi stores with each resource and evaluates to find its provider. It is a contract with every state
 * ever written: never change it.
 */
export function providerText(type: string): string {
  return `exports.handler=()=>require("meta-prefect/provider").get(${JSON.stringify(type)});`;
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
  name: pulumi.Input<string | undefined>;
  workPoolName?: pulumi.Input<string | undefined>;
}

/** What an argument that wasn't given is, in every resource. */
const notGiven = pulumi.output(undefined);

/** The base of every Prefect object: a dynamic resource whose stored provider text is a short constant. */
export abstract class PrefectResource extends pulumi.CustomResource {
  private readonly pageOf: () => pulumi.Output<string>;

  constructor(
    kind: {
      type: string;
      rules: { shape: object };
      page(object: { id: string; name: string; workPoolName?: string }): string;
    },
    name: string,
    args: Named,
    { opts, outputs = [], hints }: ResourceExtras = {},
  ) {
    const greeting = greetServer();
    super(
      `pulumi-nodejs:dynamic/prefect:${kind.type}`,
      name,
      {
        ...Object.fromEntries(outputs.map((property) => [property, undefined])),
        ...args,
        [hintsKey]: greeting ? pulumi.all([hints, greeting]).apply(([known]) => known) : hints,
        [providerKey]: providerText(kind.type),
      },
      opts,
    );
    for (const property of Object.keys(kind.rules.shape)) {
      if (!(property in this)) Object.defineProperty(this, property, { value: notGiven, enumerable: true });
    }
    this.pageOf = () =>
      pulumi
        .all([this.id, args.name, args.workPoolName])
        .apply(([id, name, workPoolName]) => pageInProgram(kind.page({ id, name: name ?? "", workPoolName })));
  }

  /** The object's page in Prefect's UI. Worked out here, because what a provider gives is unknown in the preview of every change. */
  get url(): pulumi.Output<string> {
    return this.pageOf();
  }
}
