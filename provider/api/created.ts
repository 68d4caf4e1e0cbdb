/** When Prefect made an object, in milliseconds since 1970; NaN when it doesn't say. */
export function createdAt(object: unknown): number {
  return typeof object === "object" && object !== null ? Date.parse(String(Reflect.get(object, "created"))) : NaN;
}

/** Whether an object was made since a moment, of which a server's clock is known to a second. */
export function isMadeSince(object: unknown, since: Date): boolean {
  return createdAt(object) >= since.getTime() - 1_000;
}
