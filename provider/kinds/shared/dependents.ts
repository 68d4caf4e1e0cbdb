import type { PrefectClient } from "../../api/client";
import { PrefectError } from "../../api/errors";

/** The names, quoted, of the deployments that a filter of Prefect's API selects: those that still need an object. */
export async function deploymentsOf(client: PrefectClient, filter: object): Promise<string[]> {
  const found = await client.filter<{ name: string }>("/deployments/filter", filter);
  return found.map(({ name }) => `"${name}"`);
}

/** What would go, or lose something, with an object that is to be deleted. */
interface Users {
  /** @default "deployments" */
  what?: string;
  /** Their names, quoted. */
  users: string[];
  /** When it is that the stack doesn't delete them. @default never */
  when?: string;
  /** What Prefect would do to them. */
  fate: string;
  remedy: string;
}

/** @throws PrefectError while the object has users: Prefect would take them along */
export function refuseWhileUsed({ what = "deployments", users, when = "", fate, remedy }: Users): void {
  if (users.length === 0) return;
  throw new PrefectError(
    `still has ${what} that this stack doesn't delete${when} (${users.join(", ")}), ${fate}; ${remedy}`,
  );
}
