import type { Command, Option } from "commander";

/** What a word of a command line may become. */
export interface Candidate {
  word: string;
  description: string;
}

/**
 * What the last of some words may become.
 *
 * @param program the command that the words belong to
 * @param flows gives the names of deployments, for a folder's YAML or for one that the words name
 */
export function candidates(program: Command, words: string[], flows: (file?: string) => string[]): Candidate[] {
  const last = words.at(-1) ?? "";
  const { command, operands, open, values } = read(program, words.slice(0, -1));
  const fitting = (all: Candidate[]) => all.filter(({ word }) => word.startsWith(last));
  if (open) return fitting((open.argChoices ?? []).map((word) => ({ word, description: "" })));
  if (last.startsWith("-")) return fitting(options(command));
  if (command.commands.length > 0) return fitting(commandsBelow(command));
  const argument =
    command.registeredArguments[operands] ?? command.registeredArguments.find(({ variadic }) => variadic);
  if (argument?.name() !== "flow") return [];
  return fitting(flows(values.get("--file")).map((word) => ({ word, description: "" })));
}

/** What words before the last one mean. */
interface Read {
  /** The command that they have come to. */
  command: Command;
  /** How many operands it has got. */
  operands: number;
  /** The option whose value is next. */
  open?: Option;
  /** The values of options. */
  values: Map<string, string>;
}

function read(program: Command, words: string[]): Read {
  const found: Read = { command: program, operands: 0, values: new Map() };
  for (const word of words) {
    const [, name = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const below = found.command.commands.find((command) => command.name() === word);
    // bash makes a word of it
    if (found.open && word === "=") continue;
    if (found.open) {
      found.values.set(found.open.long ?? "", word);
      found.open = undefined;
    } else if (value !== undefined) found.values.set(name, value);
    else if (word.startsWith("-"))
      found.open = found.command.options.find(({ long, required }) => long === word && required);
    else if (below) found.command = below;
    else found.operands += 1;
  }
  return found;
}

function options(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long ? [{ word: long, description }] : []));
}

function commandsBelow(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((below) => ({ word: below.name(), description: below.description() }));
}
