import { Command } from "commander";
import { candidates } from "./completion/candidates";
import { flowNames } from "./completion/flowNames";
import { scripts } from "./completion/scripts";
import { print } from "./terminal/say";

export const command = new Command("completion");

for (const [shell, { script, use }] of Object.entries(scripts)) {
  command
    .command(shell)
    .description(`print the script for ${shell}; to use it: ${use}`)
    .action(() => print(script));
}

// asked by the scripts
command
  .command("words", { hidden: true })
  .argument("[words...]")
  .action((words: string[], _flags: object, { parent }: Command) => {
    const program = parent?.parent;
    if (!program) return;
    for (const { word, description } of candidates(program, words, flowNames)) print(`${word}\t${description}`);
  });
