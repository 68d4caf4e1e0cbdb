import type { Json } from "../wireValues";

export type Tags = Record<string, string>;

/** One type of AWS's objects: what Pulumi's provider does with it, as calls of AWS. Inputs arrive without marks of secrets. */
export interface AwsType<Inputs extends Json = Json> {
  /** What AWS calls it, for messages. */
  noun: string;
  /** The input that is made from the resource's name where the program leaves it out. */
  autoname?: { property: string; make: (resourceName: string) => string };
  /** The inputs whose change makes a new object. */
  replaces: string[];
  /** Gives the id. */
  create(inputs: Inputs): Promise<string>;
  /** What AWS tells of it, or nothing if it is gone. */
  read(id: string, inputs: Inputs): Promise<Json | undefined>;
  update?(id: string, inputs: Inputs, olds: Inputs): Promise<unknown>;
  delete(id: string, inputs: Inputs): Promise<unknown>;
}

/** A data source: a question to AWS. */
export type AwsQuery<Inputs extends Json = Json> = (inputs: Inputs) => Promise<Json>;

export interface AwsService {
  /** By the type tokens of @pulumi/aws. */
  types: Record<string, AwsType>;
  queries: Record<string, AwsQuery<never>>;
}
