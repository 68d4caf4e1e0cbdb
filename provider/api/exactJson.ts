import { isInteger, parse } from "lossless-json";

/** JSON as it was written: an integer that JavaScript would round is a bigint. */
export function parseExactly(text: string): unknown {
  // most texts hold no long number, and are read faster without looking at each
  return /\d{16}/.test(text) ? parse(text, undefined, exactly) : (JSON.parse(text) as unknown);
}

function exactly(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isInteger(value) && !Number.isSafeInteger(value) && isInteger(digits) ? BigInt(digits) : value;
}
