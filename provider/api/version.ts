import { ConnectionError } from "./errors";

/**
 * The oldest server that will do. From 3.2.0 schedules have slugs, by which they are found, and parameters; from 3.2.5 the pull steps of a
 * deployment can be changed (Prefect's release notes). What came later, such as the tags of automations, the server itself refuses by name.
 */
const oldest = [3, 2, 5];

/** @throws ConnectionError for a server that is too old; a newer one, or a version that can't be read, is taken */
export function requireVersion(apiUrl: string, version: string): void {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (!parts) return;
  const i = parts.findIndex((part, i) => part !== oldest[i]);
  if (i < 0 || (parts[i] ?? 0) > (oldest[i] ?? 0)) return;
  throw new ConnectionError(
    `the Prefect server at ${apiUrl} is version ${version}, which is not supported; upgrade it to ${oldest.join(".")} or later`,
  );
}
