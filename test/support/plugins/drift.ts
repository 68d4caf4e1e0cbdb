import { isObject, isSame, isSecret, secret } from "./wireValues";

/**
 * The inputs as they would have to be for what is there now: where the live object differs from what it was after the last
 * update, the input becomes the live value, so that a refresh shows what was changed behind Pulumi's back.
 */
export function drifted(inputs: unknown, before: unknown, now: unknown): unknown {
  if (isSame(before, now)) return inputs;
  if (isSecret(inputs)) return secret(drifted(inputs.value, before, now));
  if (isObject(inputs) && isObject(before) && isObject(now)) {
    return Object.fromEntries(
      Object.entries(inputs)
        .map(([key, value]) => [key, drifted(value, before[key], now[key])] as const)
        .filter(([, value]) => value !== undefined),
    );
  }
  return now;
}
