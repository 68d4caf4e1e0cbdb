import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "smol-toml";
import { ConnectionError, messageOf } from "./errors";

type Environment = Record<string, string | undefined>;

/** The settings of Prefect's active profile, found as Prefect finds it; none when there is no profiles file. */
export function readProfile(environment: Environment): Environment {
  const home = environment.PREFECT_HOME ?? path.join(environment.HOME ?? os.homedir(), ".prefect");
  const file = environment.PREFECT_PROFILES_PATH ?? path.join(home, "profiles.toml");
  if (!fs.existsSync(file)) return {};
  let parsed: { active?: unknown; profiles?: Record<string, Record<string, unknown>> };
  try {
    parsed = parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new ConnectionError(`Prefect's profiles file ${file} can't be read: ${messageOf(error)}; mend or remove it`);
  }
  const active = environment.PREFECT_PROFILE ?? parsed.active;
  const profile = typeof active === "string" ? (parsed.profiles?.[active] ?? {}) : {};
  return Object.fromEntries(Object.entries(profile).map(([name, value]) => [name, String(value)]));
}
