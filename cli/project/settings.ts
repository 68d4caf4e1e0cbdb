import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { messageOf, PrefectError } from "../../provider/api/errors";

/** What one of Pulumi's own files says, such as Pulumi.yaml; nothing where it isn't there. @throws PrefectError when it isn't YAML */
export function readSettings(file: string): Record<string, unknown> {
  if (!fs.existsSync(file)) return {};
  try {
    const settings: unknown = parse(fs.readFileSync(file, "utf8"));
    return typeof settings === "object" && settings !== null ? (settings as Record<string, unknown>) : {};
  } catch (error) {
    const [reason = ""] = messageOf(error).split(":\n");
    throw new PrefectError(`${path.basename(file)} in ${path.dirname(file)} can't be read: ${reason}`);
  }
}
