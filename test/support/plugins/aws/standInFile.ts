import * as fs from "node:fs";
import * as path from "node:path";
import type { Json } from "../wireValues";

/** Objects by their kinds and ids. */
export type Collections = Record<string, Record<string, Json>>;

/** Reads, and writes, what stands in for parts that moto lacks: a JSON file in the folder MP_TEST_AWS_STATE. */
export function standInFile<T>(work: (stored: Collections) => T): T {
  const folder = process.env.MP_TEST_AWS_STATE;
  if (!folder) throw new Error("MP_TEST_AWS_STATE must name a folder for what moto lacks");
  const file = path.join(folder, "aws.json");
  const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "{}";
  const stored = JSON.parse(before) as Collections;
  const result = work(stored);
  const after = JSON.stringify(stored, null, 2);
  if (after !== before) {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(file, after);
  }
  return result;
}
