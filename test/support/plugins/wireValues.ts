import { runtime } from "@pulumi/pulumi";

/**
 * How values arrive at a plugin and leave it: plain JSON, in which an object with a signature is a secret, an asset or an
 * archive, and a certain text is a value that is unknown until the update.
 */

export type Json = Record<string, unknown>;

const {
  specialSigKey: signatureKey,
  specialSecretSig: secretSignature,
  specialAssetSig: assetSignature,
  specialArchiveSig: archiveSignature,
  unknownValue: unknown,
} = runtime;

/** A file or text. */
export interface Asset {
  hash: string;
  path?: string;
  text?: string;
}

/** A folder or packed file, or assets by their paths. */
export interface Archive {
  hash: string;
  path?: string;
  assets?: Record<string, Asset | Archive>;
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: unknown): value is { value: unknown } {
  return isObject(value) && value[signatureKey] === secretSignature;
}

export function isAsset(value: unknown): value is Asset {
  return isObject(value) && value[signatureKey] === assetSignature;
}

export function isArchive(value: unknown): value is Archive {
  return isObject(value) && value[signatureKey] === archiveSignature;
}

export function secret(value: unknown): Json {
  return { [signatureKey]: secretSignature, value };
}

/** The value without its marks of secrets. */
export function plain<T>(value: T): T {
  if (isSecret(value)) return plain(value.value) as T;
  if (Array.isArray(value)) return value.map(plain) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, plain(child)])) as T;
}

/** The same without what is undefined, which can't go over the wire. */
export function withoutUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export function hasUnknowns(value: unknown): boolean {
  return some(value, (part) => part === unknown);
}

export function hasSecrets(value: unknown): boolean {
  return some(value, isSecret);
}

/** The texts that are secret, longest first. */
export function secretTexts(value: unknown): string[] {
  const texts = new Set<string>();
  some(value, (part) => {
    if (isSecret(part)) some(plain(part), (inner) => (typeof inner === "string" && texts.add(inner), false));
    return false;
  });
  return [...texts].sort((a, b) => b.length - a.length);
}

/** `live` with each value marked as secret that stands where `inputs` has a secret. */
export function markSecrets(live: unknown, inputs: unknown): unknown {
  if (!hasSecrets(inputs) || live === undefined) return live;
  if (isObject(live) && isObject(inputs) && !isSecret(inputs)) {
    return Object.fromEntries(Object.entries(live).map(([key, child]) => [key, markSecrets(child, inputs[key])]));
  }
  if (Array.isArray(live) && Array.isArray(inputs) && live.length === inputs.length) {
    return live.map((child, index) => markSecrets(child, inputs[index]));
  }
  return secret(live);
}

/** Whether both mean the same; assets are compared by what they contain. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));
}

function comparable(value: unknown): unknown {
  if (isSecret(value)) return comparable(value.value);
  if (Array.isArray(value)) return value.map(comparable);
  if (!isObject(value)) return value;
  if (isAsset(value) || isArchive(value)) return { hash: value.hash };
  return Object.fromEntries(
    Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
      .map((key) => [key, comparable(value[key])]),
  );
}

function some(value: unknown, test: (part: unknown) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((child) => some(child, test));
  return isObject(value) && Object.values(value).some((child) => some(child, test));
}
