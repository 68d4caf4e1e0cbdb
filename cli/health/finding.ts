/** What is found of one part. */
export interface Finding {
  /** Which part, such as "Pulumi CLI". */
  part: string;
  /** `error` is for what the folder's file needs and doesn't have; only that makes the check fail. */
  level: "ok" | "warning" | "error";
  /** What was found, in words. */
  found: string;
  /** What mends it, a command where there is one. */
  remedy?: string;
}

/** A finding about what the folder's file needs, or about what it could do without. */
export function problem(part: string, isNeeded: boolean, found: string, remedy: string): Finding {
  return { part, level: isNeeded ? "error" : "warning", found, remedy };
}
