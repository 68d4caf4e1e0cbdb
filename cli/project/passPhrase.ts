import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { PrefectError } from "../../provider/api/errors";
import { ownFolder } from "./place";
import { readSettings } from "./settings";

/** How many random bytes a pass phrase is made of. */
const strength = 32;

/** Where Pulumi finds the pass phrase of a stack: the person's variables, else the file of the folder, which is made with the first stack. */
export function passPhraseVariables(folder: string, env: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (environment.PULUMI_CONFIG_PASSPHRASE !== undefined || environment.PULUMI_CONFIG_PASSPHRASE_FILE) return {};
  const missing = passPhraseProblem(folder, env);
  if (missing !== undefined) throw new PrefectError(missing);
  const file = fileIn(folder);
  if (!fs.existsSync(file)) make(file);
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}

/** What to do about a stack that is encrypted by a pass phrase which isn't here; undefined where nothing is amiss. */
export function passPhraseProblem(folder: string, env: string): string | undefined {
  const file = fileIn(folder);
  return fs.existsSync(file) || !isEncrypted(folder, env) ? undefined : missingText(settingsOf(env), file);
}

function fileIn(folder: string): string {
  return path.join(folder, ownFolder, "passphrase");
}

/** Makes the pass phrase, unless another command does at the same moment. */
function make(file: string): void {
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, `${randomBytes(strength).toString("base64url")}\n`, { mode: 0o600, flush: true });
  try {
    fs.linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

/** Whether the settings of a stack say that its secrets are encrypted by a pass phrase. */
export function isEncrypted(folder: string, env: string): boolean {
  return readSettings(path.join(folder, settingsOf(env))).encryptionsalt !== undefined;
}

/** The file of a stack's settings; before its name may stand those of organization and project. */
export function settingsOf(env: string): string {
  return `Pulumi.${env.split("/").at(-1)}.yaml`;
}

function missingText(settings: string, file: string): string {
  return (
    `${settings} is that of a stack that was made elsewhere, and neither its pass phrase nor its state is here. ` +
    `To work on the same stack, share a backend with whoever made it (PULUMI_BACKEND_URL, or \`pulumi login\`) and set PULUMI_CONFIG_PASSPHRASE; ` +
    `for a stack of your own with the same settings, copy their .meta-prefect/passphrase to ${file}, or set PULUMI_CONFIG_PASSPHRASE`
  );
}
