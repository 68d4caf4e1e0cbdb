import { Command } from "commander";
import { attached } from "./engine/pulumi";
import type { Flags } from "./flags";
import { openProject } from "./project/project";

export const command = new Command("pulumi")
  .argument("[words...]", "what Pulumi gets, such as: preview --diff")
  .option("--env <env>", "environment: the stack (default: META_PREFECT__ENV, or dev)")
  .option("--file <file>", "the YAML file, before Pulumi's words (default: meta_prefect.yaml)")
  .passThroughOptions()
  .action(async (words: string[], flags: Flags) => {
    const { env, others } = withoutEnv(words);
    process.exitCode = await attached(await openProject({ ...flags, ...(env !== undefined && { env }) }), others);
  });

/**
 * Takes `--env` from among the words of Pulumi, which has none of its own but that of remote operations, whose values are assignments. What stands
 * behind `--` is Pulumi's.
 */
export function withoutEnv(words: string[]): { env?: string; others: string[] } {
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  for (let i = 0; i < end; i += 1) {
    const [, attachedValue] = /^--env=(.*)$/.exec(words[i] ?? "") ?? [];
    const value = words[i] === "--env" ? words[i + 1] : attachedValue;
    if (value === undefined || value.includes("=")) continue;
    return { env: value, others: [...words.slice(0, i), ...words.slice(words[i] === "--env" ? i + 2 : i + 1)] };
  }
  return { others: words };
}
