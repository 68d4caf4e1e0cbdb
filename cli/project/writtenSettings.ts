import { manifestIn, settingsFile, stackName } from "./place";
import { readSettings } from "./settings";

/**
 * The configuration of a stack by its keys, as Pulumi.<stack>.yaml and Pulumi.yaml say it, whether or not there is the stack; what is encrypted
 * stays so.
 *
 * @param stack its name, before which those of organization and project may stand
 */
export function writtenSettings(folder: string, stack: string): Map<string, unknown> {
  const manifest = manifestIn(folder);
  const ofProject = manifest === undefined ? [] : entriesOf(manifest);
  const ofStack = entriesOf(settingsFile({ folder, manifest }, stackName(stack)));
  const all = [...ofProject.map(([key, value]): [string, unknown] => [key, defaultIn(value)]), ...ofStack];
  return new Map(all.filter(([, value]) => value !== undefined && value !== null));
}

/** A value of the configuration as Pulumi gives it to a program. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function isEncrypted(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "secure" in value || Object.values(value).some(isEncrypted);
}

function entriesOf(file: string): [string, unknown][] {
  const { config } = readSettings(file);
  return typeof config === "object" && config !== null ? Object.entries(config) : [];
}

/** What a project says of a key: a value, or an object that has it. */
function defaultIn(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { value: given, default: usual } = value as { value?: unknown; default?: unknown };
  return given ?? usual;
}
