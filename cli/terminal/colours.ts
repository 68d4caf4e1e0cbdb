import pc from "picocolors";

/** Whether colours are wanted on a stream: on a terminal that knows them, unless NO_COLOR says otherwise. */
function isWanted(stream: NodeJS.WriteStream, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR) return false;
  return Boolean(FORCE_COLOR) || (stream.isTTY && TERM !== "dumb");
}

export type Colours = ReturnType<typeof pc.createColors>;

/** The colours of a stream; they change nothing where none are wanted. */
export function coloursOf(stream: NodeJS.WriteStream, environment = process.env): Colours {
  return pc.createColors(isWanted(stream, environment));
}
