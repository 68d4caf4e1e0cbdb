import type { Json } from "../provider/engine/kind";
import { Expression, Names, quoted } from "./code";
import type { Item } from "./inventory";

/** Secrets of blocks, which a program reads from the stack's configuration. */
export class ConfiguredSecrets {
  /** Keys of the configuration, in the order in which the program reads them. */
  readonly keys: string[] = [];
  private readonly names = new Names();

  /** The data of a block, with what is secret of it taken from the configuration. */
  withSecrets(item: Item, data: unknown): unknown {
    return (item.secretFields ?? []).reduce((known, field) => {
      const path = field.split(".");
      // what stands below a wildcard is secret as a whole
      const wildcard = path.indexOf("*");
      return this.withSecret(item, known, wildcard === -1 ? path : path.slice(0, wildcard));
    }, data);
  }

  /** The value with what stands at the path taken from the configuration. */
  private withSecret(item: Item, value: unknown, path: string[], above: string[] = []): unknown {
    if (value === null || value instanceof Expression) return value;
    const [key, ...below] = path;
    // a path leads into each part of a list
    if (key === undefined || Array.isArray(value)) return this.fromConfiguration(item, value, above);
    if (typeof value !== "object" || !Object.hasOwn(value, key)) return value;
    return { ...value, [key]: this.withSecret(item, (value as Json)[key], below, [...above, key]) };
  }

  private fromConfiguration(item: Item, value: unknown, path: string[]): Expression {
    const words = [item.args.blockTypeSlug, item.args.name, ...path].map(String).join("-");
    // one that starts with a dash would be an option of `pulumi config set`
    const key = this.names.unique(words.replace(/[^\w-]/g, "_").replace(/^-+/, "") || "secret");
    this.keys.push(key);
    const read = typeof value === "string" ? "requireSecret" : "requireSecretObject";
    return new Expression(`config.${read}(${quoted(key)})`);
  }
}
