import type { Json } from "../wireValues";

/** A policy or another document, which programs give as text or as an object, as the text that AWS takes. */
export type Document = string | Json;

export function documentText(document: Document): string {
  return typeof document === "string" ? document : JSON.stringify(document);
}
