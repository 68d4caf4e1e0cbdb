import * as path from "node:path";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { FlowFacts } from "./flowFacts";
import type { Basis } from "./flowFactsCache";

/** What Python is asked of a flow. */
export interface Request {
  folder: string;
  entrypoint: string;
  /** How long the flow's file may take to be imported, or to be read, in whole seconds. */
  timeout: number;
}

/** What it answers. */
export interface Answer {
  facts?: FlowFacts;
  /** Why the flow was not imported. */
  warning?: string;
  /** What its text doesn't tell. */
  unread?: string[];
  basis?: Basis;
  error?: { kind: "missing" | "unreadable" | "decorator" | "python"; message: string };
  /** Whether the process is gone, so that another has to be started. */
  hasEnded?: true;
}

/** A process that reads flows: how it is started. */
export interface Reader {
  python: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** How long an answer may take besides two tries, in seconds: a start of Prefect on a slow disk. */
const startPatience = 60;
/** By how much the process may be ended later, in seconds. */
const margin = 5;

const readers = new Map<string, Worker>();

/**
 * Asks Python of a flow, and waits for the answer. One process reads all flows of a program that are read in the same
 * way; it ends with the program. It is kept by a thread, since no process can be talked with by one that waits.
 */
export function askPython(reader: Reader, request: Request): Answer {
  const key = JSON.stringify(reader);
  const thread = readers.get(key) ?? started(reader, key);
  const { port1: ours, port2: theirs } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const patience = startPatience + 2 * request.timeout;
  thread.postMessage({ request, signal, patience, port: theirs }, [theirs]);
  Atomics.wait(signal, 0, 0, (patience + margin) * 1_000);
  const received = receiveMessageOnPort(ours)?.message as Answer | undefined;
  ours.close();
  const answer = received ?? { error: { kind: "python", message: `${reader.python} is not heard of` }, hasEnded: true };
  // the thread stays until its process is gone
  if (answer.hasEnded) readers.delete(key);
  return answer;
}

function started(reader: Reader, key: string): Worker {
  // what the program is loaded by, such as a compiler of TypeScript, isn't needed there
  const thread = new Worker(path.join(__dirname, "flowReaderThread.js"), { workerData: reader, execArgv: [] });
  thread.unref();
  readers.set(key, thread);
  return thread;
}
