import type { Json } from "../provider/engine/kind";
import { Expression, interpolated } from "./code";
import type { Item } from "./inventory";

/** What is free-form, so that an id in it may be anything. */
const verbatim = ["parameters", "jobVariables", "pullSteps"];

/** How resources of the program name each other: by the variables of those that are written before. */
export class References {
  /** Whether a text has the value of a variable in it. */
  interpolates = false;
  private readonly variables = new Map<Item, string>();
  private readonly used = new Set<string>();

  constructor(private readonly items: Item[]) {}

  /** Notes the variable of an item that is written. */
  add(item: Item, variable: string): void {
    this.variables.set(item, variable);
  }

  isUsed(variable: string): boolean {
    return this.used.has(variable);
  }

  /** The arguments of an item, with variables for what the program makes. */
  linked(item: Item, args: Json): Json {
    const linked = { ...args };
    const names: [string, string, string, Json][] = [
      ["workPoolName", "WorkPool", "name", { name: args.workPoolName }],
      ["workQueueName", "WorkQueue", "name", { name: args.workQueueName, workPoolName: args.workPoolName }],
      ["flowName", "Flow", "name", { name: args.flowName }],
      ["blockTypeSlug", "BlockType", "slug", { slug: args.blockTypeSlug }],
    ];
    for (const [key, type, property, wanted] of names) {
      if (args[key] === undefined || item.kind.type === type) continue;
      const target = this.items.find(
        (other) =>
          other.kind.type === type && Object.entries(wanted).every(([part, value]) => other.args[part] === value),
      );
      linked[key] = this.reference(target, property) ?? args[key];
    }
    for (const key of Object.keys(linked).filter((key) => !verbatim.includes(key))) {
      linked[key] = this.withIds(linked[key], key);
      if (key === "trigger") linked[key] = this.withIdsInTexts(linked[key]);
    }
    return linked;
  }

  private reference(target: Item | undefined, property: string): Expression | undefined {
    const variable = target && this.variables.get(target);
    if (variable === undefined) return undefined;
    this.used.add(variable);
    return new Expression(`${variable}.${property}`);
  }

  private idOf(target: Item | undefined): Expression | undefined {
    const isKnownByName = target && ["WorkPool", "WorkQueue"].includes(target.kind.type);
    return this.reference(target, isKnownByName ? "uuid" : "id");
  }

  private withIds(value: unknown, key = ""): unknown {
    if (value instanceof Expression) return value;
    if (typeof value === "string" && /Id$|^block_document_id$/.test(key)) {
      const target = this.items.find(({ uuid }) => uuid === value);
      return this.idOf(target) ?? value;
    }
    if (Array.isArray(value)) return value.map((part) => this.withIds(part));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([part, of]) => [part, this.withIds(of, part)]));
  }

  /** A trigger names objects in the midst of texts, such as "prefect.deployment.<id>". */
  private withIdsInTexts(value: unknown): unknown {
    if (typeof value === "string") return this.withIdsInText(value);
    if (Array.isArray(value)) return value.map((part) => this.withIdsInTexts(part));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.withIdsInTexts(part)]));
  }

  private withIdsInText(text: string): string | Expression {
    const parts = text
      .split(/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/)
      .map((part) => this.idOf(this.items.find(({ uuid }) => uuid === part)) ?? part);
    if (!parts.some((part) => part instanceof Expression)) return text;
    this.interpolates = true;
    return interpolated(parts);
  }
}
