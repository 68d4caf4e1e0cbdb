import type { PrefectClient } from "../../api/client";

/** Deployments with the names of their flows, of which Prefect's API gives the ids alone. */
export async function withFlowNames<Row extends { flow_id: string }>(
  client: PrefectClient,
  rows: Row[],
): Promise<(Row & { flow_name?: string })[]> {
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map(({ flow_id }) => flow_id))];
  const flows = await client.filter<{ id: string; name: string }>("/flows/filter", { flows: { id: { any_: ids } } });
  const names = new Map(flows.map(({ id, name }) => [id, name]));
  return rows.map((row) => ({ ...row, flow_name: names.get(row.flow_id) }));
}
