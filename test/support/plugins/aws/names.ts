import { randomBytes } from "node:crypto";

/** A name that no other object has: Pulumi's name of the resource with 7 hexadecimal digits. */
export function uniqueName(resourceName: string): string {
  return `${resourceName}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}
