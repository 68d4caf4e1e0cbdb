import assert from "node:assert/strict";
import type { PrefectClient } from "../../provider/api/client";
import * as creation from "../../provider/engine/creation";
import type { AnyKind, Json } from "../../provider/engine/kind";
import * as lifecycle from "../../provider/engine/lifecycle";

let counter = 0;
/** A name that no other object has, and that has to be escaped in an address. */
export const fresh = (what: string) => `${what} ${process.pid}-${(counter += 1)} ü`;
/** A name of the characters that Prefect's slugs may have. */
export const slug = (what: string) => `${what}-${process.pid}-${(counter += 1)}`;

/** One object on the real server, driven as Pulumi drives it. */
export class Driven {
  private state?: { id: string; outputs: Json };
  private inputs?: Json;

  constructor(
    private readonly kind: AnyKind,
    private readonly client: PrefectClient,
    /** The arguments of all of the kind in the program. */
    private readonly program: Json[] = [],
  ) {}

  get outputs(): Json {
    return this.state?.outputs ?? {};
  }

  get id(): string {
    return this.state?.id ?? "";
  }

  /** Brings the object to the arguments; gives what was changed on the way: "create", "replace", "update" or "same". */
  async up(args: Json): Promise<string> {
    const others = this.program.filter((other) => other !== args);
    const { inputs, writeOnly, failures } = lifecycle.check(this.kind, this.inputs, args, {}, others);
    assert.deepEqual(failures, []);
    const done = await this.bring(inputs, writeOnly, others);
    this.inputs = inputs;
    return done;
  }

  private async bring(inputs: Json, writeOnly: Json, others: Json[]): Promise<string> {
    const complete = { ...inputs, ...writeOnly };
    if (!this.state) {
      this.state = await creation.create(this.kind, this.client, complete, { program: { others } });
      return "create";
    }
    const { changes, replaces } = lifecycle.diff(this.kind, this.state.outputs, inputs);
    if (!changes) return "same";
    if (replaces.length > 0) {
      await this.delete();
      this.state = await creation.create(this.kind, this.client, complete);
      return "replace";
    }
    const before = this.id;
    this.state = await lifecycle.update(this.kind, this.client, before, this.state.outputs, complete, {
      program: { others },
    });
    assert.equal(this.id, before);
    return "update";
  }

  /** Reads the object; gives the arguments that have drifted, or undefined when it is gone. */
  async refresh(): Promise<string[] | undefined> {
    const found = await lifecycle.read(this.kind, this.client, this.id, this.state?.outputs ?? {});
    if (!found) {
      this.state = undefined;
      return undefined;
    }
    const before = this.inputs ?? {};
    const keys = new Set([...Object.keys(before), ...Object.keys(found.inputs)]);
    const drifted = [...keys].filter(
      (key) => lifecycle.diff(this.kind, { [key]: before[key] }, { [key]: found.inputs[key] }).changes,
    );
    this.state = { id: found.id, outputs: found.outputs };
    this.inputs = found.inputs;
    return drifted;
  }

  async delete(): Promise<void> {
    await lifecycle.remove(this.kind, this.client, this.id, this.state?.outputs ?? {});
  }
}
