import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Answer, Reader, Request } from "./flowReader";

/** A question of the program, which waits on the signal. */
interface Question {
  request: Request;
  signal: Int32Array;
  /** How long the answer may take, in seconds. */
  patience: number;
  port: MessagePort;
}

/** How long a process that was asked to end may take, in milliseconds. */
const endPatience = 2_000;

const { python, args, cwd, env } = workerData as Reader;
// a session of its own: it hears of the program's end by the end of its input, and then ends what it has started
const child = spawn(python, args, { cwd, env, stdio: "pipe", detached: true });
/** The question that is under way, as the program waits for one answer after the other. */
let question: Question | undefined;
let timer: NodeJS.Timeout | undefined;
let failure: Answer | undefined;
let errors = "";

function answer(given: Answer): void {
  clearTimeout(timer);
  if (!question) return;
  question.port.postMessage(given);
  Atomics.store(question.signal, 0, 1);
  Atomics.notify(question.signal, 0);
  question = undefined;
}

function fail(message: string): void {
  failure ??= { error: { kind: "python", message }, hasEnded: true };
  answer(failure);
}

function end(patience: number): void {
  fail(`${python} did not answer in ${patience} s`);
  child.stdin.end();
  setTimeout(() => child.kill("SIGKILL"), endPatience);
}

child.once("error", (error) => fail(`${python} can't be started (${error.message})`));
child.once("exit", (_, signal) => {
  // what it has started may hold its standard error for good
  const said = () => fail(`${python} ended${signal ? ` by ${signal}` : ""}: ${errors.trim().split("\n").at(-1) ?? ""}`);
  child.once("close", said);
  setTimeout(said, endPatience);
});
// that it is gone is said when it has ended
child.stdin.on("error", () => undefined);
child.stderr.on("data", (text: Buffer) => (errors = (errors + text.toString()).slice(-4_000)));
createInterface({ input: child.stdout }).on("line", (line) => answer(JSON.parse(line) as Answer));

parentPort?.on("message", (asked: Question) => {
  question = asked;
  if (failure) return answer(failure);
  timer = setTimeout(() => end(asked.patience), asked.patience * 1_000);
  child.stdin.write(`${JSON.stringify(asked.request)}\n`);
});
