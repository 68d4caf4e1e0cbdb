/** A number as CI gives it, of a pull request or of a project; undefined for anything else. */
export function positiveNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** A commit's hash, for an address; undefined for anything else. */
export function commitHash(value: unknown): string | undefined {
  return typeof value === "string" && /^[0-9a-f]{40}([0-9a-f]{24})?$/i.test(value) ? value : undefined;
}
