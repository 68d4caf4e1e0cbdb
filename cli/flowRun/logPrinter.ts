import type { Log } from "../../provider/api/prefect";
import type { Flags } from "../flags";
import { coloursOf } from "../terminal/colours";
import { print } from "../terminal/say";
import { logLine } from "./logLine";

/** An entry of a log as it is printed for programs. */
export interface LogDocument {
  timestamp: string;
  level: number;
  logger: string;
  message: string;
}

/** Takes the entries of a log, each as it comes: for a person they are printed, for a program kept. */
export interface LogPrinter {
  log(log: Log): void;
  /** Those that were kept. */
  kept: LogDocument[];
}

export function logPrinter({ json }: Flags): LogPrinter {
  const colours = coloursOf(process.stdout);
  const kept: LogDocument[] = [];
  const keep = ({ timestamp, level, name: logger, message }: Log) =>
    void kept.push({ timestamp, level, logger, message });
  return { kept, log: json ? keep : (log) => print(logLine(log, colours)) };
}
