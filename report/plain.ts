import { hidden } from "../provider/engine/secrets";

/** A value as a text: itself if it is one, else JSON. */
export function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Whether a text stands for a value that isn't shown, or is known later. */
export function isHidden(value: unknown): boolean {
  return value === hidden || value === "[unknown]";
}

/** Whether a part of a value is a secret, and isn't shown. */
export function holdsSecret(value: unknown): boolean {
  return (JSON.stringify(value) as string | undefined)?.includes(JSON.stringify(hidden)) ?? false;
}
