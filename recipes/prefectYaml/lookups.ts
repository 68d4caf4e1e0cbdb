import type { PrefectClient } from "../../provider/api/client";
import { path } from "../../provider/api/path";
import { bareName, type Placeholder, valueAt } from "./placeholders";

/** What the server holds under the names in a file's templates. */
export interface Lookups {
  /** The value of a variable; undefined when there is none of the name. */
  variable(placeholder: Placeholder): unknown;
  /** The value in a block, and whether it is a secret of it; or why there is none. */
  block(placeholder: Placeholder): BlockValue;
}

export type BlockValue = { value: unknown; isSecret: boolean } | { problem: string };

interface BlockRow {
  data: Record<string, unknown>;
  block_schema?: { fields?: { secret_fields?: string[] } } | null;
}

/** Reads what templates name, each once. Without any of them the server isn't asked. */
export async function lookedUp(placeholders: Placeholder[], client: () => PrefectClient): Promise<Lookups> {
  const variables = new Map<string, unknown>();
  const blocks = new Map<string, BlockRow | undefined>();
  for (const placeholder of placeholders) {
    const name = bareName(placeholder);
    if (placeholder.kind === "variable" && !variables.has(name)) {
      const found = await client().find<{ value: unknown }>(path`/variables/name/${name}`);
      variables.set(name, found?.value);
    }
    const block = placeholder.kind === "block" ? blockOf(placeholder) : undefined;
    if (block?.name === undefined || blocks.has(block.key)) continue;
    const address = path`/block_types/slug/${block.slug}/block_documents/name/${block.name}`;
    blocks.set(block.key, await client().find<BlockRow>(`${address}?include_secrets=true`));
  }
  return {
    variable: (placeholder) => variables.get(bareName(placeholder)),
    block: (placeholder) => valueOf(placeholder, blocks),
  };
}

/** The parts of `prefect.blocks.<type>.<name>.<place>`. */
function blockOf(placeholder: Placeholder): { key: string; slug: string; name?: string; place?: string } {
  const [slug = "", name, ...rest] = bareName(placeholder).split(".");
  return { key: `${slug}/${name}`, slug, name, ...(rest.length > 0 && { place: rest.join(".") }) };
}

function valueOf(placeholder: Placeholder, blocks: Map<string, BlockRow | undefined>): BlockValue {
  const { key, name, place } = blockOf(placeholder);
  if (name === undefined) {
    return { problem: `${placeholder.full} names no block; write {{ prefect.blocks.<type>.<name> }}` };
  }
  const row = blocks.get(key);
  if (!row) return { problem: `${placeholder.full}: there is no block ${key}; make it, or correct the name` };
  const { data } = row;
  // of a block that has nothing but a value, that is what is meant
  const isOnly = Object.keys(data).length === 1 && "value" in data;
  const within = isOnly && !/^value(\.|\[|$)/.test(place ?? "");
  const value = within
    ? place === undefined
      ? data.value
      : valueAt(data.value, place)
    : place === undefined
      ? data
      : valueAt(data, place);
  if (value === undefined) return { problem: `${placeholder.full}: block ${key} has no ${place}; correct the name` };
  const whole = [...(within ? ["value"] : []), ...(place === undefined ? [] : [place])].join(".");
  return { value, isSecret: isSecretAt(whole, row.block_schema?.fields?.secret_fields ?? []) };
}

/** Whether something secret is at a place of a block's data, or below it, or it is below something secret. */
function isSecretAt(place: string, secrets: string[]): boolean {
  const dotted = place.replaceAll("[", ".").replaceAll("]", "");
  return secrets.some((secret) => {
    const field = secret.replace(/\.\*$/, "");
    return dotted === "" || field === dotted || field.startsWith(`${dotted}.`) || dotted.startsWith(`${field}.`);
  });
}
