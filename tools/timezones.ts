import * as fs from "node:fs";
import * as path from "node:path";
import { findPrefectPython } from "./prefectPython";
import { root } from "./root";
import { run } from "./run";

/** Where the provider has the time zones that Prefect takes. */
export const timezonesFile = path.join(root, "provider", "schedule", "timezones.json");

/**
 * The zones that the pinned Prefect takes, asked from its own code. "localtime" isn't among them: it is there only where the server's
 * machine has such a file, and means whatever zone that machine is in.
 *
 * @param python interpreter with Prefect
 */
export async function timezonesOf(python: string): Promise<string[]> {
  const script =
    "import json; from prefect.types._datetime import get_timezones; print(json.dumps(sorted(get_timezones())))";
  const zones = JSON.parse(await run(python, ["-c", script])) as string[];
  return zones.filter((zone) => zone !== "localtime");
}

if (require.main === module) {
  findPrefectPython()
    .then(timezonesOf)
    .then((zones) => fs.writeFileSync(timezonesFile, `${JSON.stringify(zones, undefined, 2)}\n`))
    .catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
}
