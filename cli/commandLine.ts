import { shellWord } from "../report/shellWord";
import type { Aim } from "./flags";

/**
 * A command line for a person to type in the folder of this call, which works on what this one works on. What Pulumi gets stands behind the options.
 *
 * @param words the command, and what it gets
 * @param given what the command line of this call says
 */
export function commandLine(words: string, { env, file }: Aim = {}): string {
  const options = [...(env ? [`--env ${shellWord(env)}`] : []), ...(file ? [`--file ${shellWord(file)}`] : [])];
  return ["meta-prefect", words, ...options].join(" ");
}
