import type { PrefectClient } from "./client";

/** The names, quoted, of the deployments that a filter of Prefect's API selects: those that still need an object. */
export async function deploymentsOf(client: PrefectClient, filter: object): Promise<string[]> {
  const found = await client.filter<{ name: string }>("/deployments/filter", filter);
  return found.map(({ name }) => `"${name}"`);
}
