/** An id of a host's, as it stands in an address; undefined for what isn't one. */
export function idText(id: unknown): string | undefined {
  return typeof id === "number" || typeof id === "bigint" ? String(id) : undefined;
}
