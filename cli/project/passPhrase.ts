import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { PrefectError } from "../../provider/api/errors";
import { madeOnce } from "./madeOnce";
import { ownFolder, type Place, settingsFile, usualStack } from "./place";
import { readSettings } from "./settings";

/** How many random bytes a pass phrase is made of. */
const strength = 32;

/** Where Pulumi finds the pass phrase of a stack: the person's variables, else the file of the folder, which is made with the first stack. */
export function passPhraseVariables(place: Place, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (environment.PULUMI_CONFIG_PASSPHRASE !== undefined || environment.PULUMI_CONFIG_PASSPHRASE_FILE) return {};
  const missing = passPhraseProblem(place);
  if (missing !== undefined) throw new PrefectError(missing);
  const file = passPhraseFile(place.folder);
  madeOnce(file, `${randomBytes(strength).toString("base64url")}\n`, 0o600);
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}

/** What to do about a stack that is encrypted by a pass phrase which isn't here; undefined where nothing is amiss. */
export function passPhraseProblem(place: Place): string | undefined {
  const settings = settingsFile(place, place.env ?? usualStack);
  const file = passPhraseFile(place.folder);
  return fs.existsSync(file) || !isEncrypted(settings) ? undefined : missingText(path.basename(settings), file);
}

/** Where the pass phrase is kept that we have made. */
export function passPhraseFile(folder: string): string {
  return path.join(folder, ownFolder, "passphrase");
}

/** Whether the settings of a stack say that its secrets are encrypted by a pass phrase. */
export function isEncrypted(settings: string): boolean {
  return readSettings(settings).encryptionsalt !== undefined;
}

function missingText(settings: string, file: string): string {
  return (
    `${settings} is that of a stack that was made elsewhere, and neither its pass phrase nor its state is here. ` +
    `To work on the same stack, share a backend with whoever made it (PULUMI_BACKEND_URL, or \`pulumi login\`) and set PULUMI_CONFIG_PASSPHRASE; ` +
    `for a stack of your own with the same settings, copy their .meta-prefect/passphrase to ${file}, or set PULUMI_CONFIG_PASSPHRASE`
  );
}
