import { isObject } from "../wireValues";

/** Where S3's own name of a field is not Pulumi's with a capital. */
const irregular: Record<string, string> = { id: "ID", sseAlgorithm: "SSEAlgorithm", kmsMasterKeyId: "KMSMasterKeyID" };
const regular = Object.fromEntries(Object.entries(irregular).map(([ours, theirs]) => [theirs, ours]));

/** Pulumi's fields by S3's names. */
export function capitalized(value: unknown): unknown {
  return renamed(value, (key) => irregular[key] ?? key.charAt(0).toUpperCase() + key.slice(1));
}

/** S3's fields by Pulumi's names. */
export function uncapitalized(value: unknown): unknown {
  return renamed(value, (key) => regular[key] ?? key.charAt(0).toLowerCase() + key.slice(1));
}

function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((child) => renamed(child, rename));
  if (!isObject(value) || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [rename(key), renamed(child, rename)]));
}
