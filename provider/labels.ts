/** An object's labels without those that Prefect adds by itself, such as `prefect.flow.id`. */
export function askedLabels(server: unknown, asked: unknown): unknown {
  const kept = Object.entries(server ?? {}).filter(([key]) => !key.startsWith("prefect.") || key in (asked as object));
  return Object.fromEntries(kept);
}
