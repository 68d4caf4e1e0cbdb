import { signature, unknown } from "../provider/api/json";

/** Why Pulumi wouldn't carry a value from a program to Prefect as it is; undefined when it would. */
export function uncarried(value: unknown): string | undefined {
  if (typeof value === "bigint") return "it holds an integer beyond 2^53, which JavaScript can't hold";
  if (typeof value === "string") return uncarriedText(value);
  if (typeof value !== "object" || value === null) return undefined;
  const reasons = Object.entries(value).map(([key, part]) => uncarriedKey(key) ?? uncarried(part));
  return reasons.find((reason) => reason !== undefined);
}

function uncarriedKey(key: string): string | undefined {
  // Pulumi would put the values below it one level higher
  if (key === "__proto__") return 'it holds a key "__proto__", which Pulumi can\'t hold';
  // Pulumi would take it for a file of this machine, for example, and send the file's hash to Prefect
  if (key === signature) return `it holds the key ${signature}, which Pulumi keeps for itself`;
  return uncarriedText(key);
}

function uncarriedText(text: string): string | undefined {
  if (text === unknown) return `it holds the text ${unknown}, which Pulumi keeps for itself`;
  if (/\p{Surrogate}/u.test(text)) return "it holds half of a character (a lone surrogate), which Pulumi drops";
  return undefined;
}
