import { visible } from "../../provider/api/visible";
import { say } from "./say";

/** How long nothing is said in a log while something takes its time, in milliseconds. */
const silence = 30_000;

/** Shows how far long work is: a terminal in place, a log line by line. */
export interface Progress {
  /** What is under way. */
  doing(text: string): void;
  /** Something is done. */
  done(text: string): void;
  end(): void;
}

export async function showProgress(title: string): Promise<Progress> {
  // a terminal that doesn't know how wide it is, such as one of a script, can't be written to in place
  const isInPlace = process.stderr.isTTY && process.stderr.columns > 0 && !process.env.CI;
  return isInPlace ? inPlace(title) : lineByLine(title);
}

async function inPlace(title: string): Promise<Progress> {
  const { default: ora } = await import("ora");
  // Ctrl-C stays a signal
  const spinner = ora({ text: visible(title), stream: process.stderr, discardStdin: false }).start();
  return {
    doing: (text) => (spinner.text = visible(text)),
    done: () => undefined,
    end: () => void spinner.stop(),
  };
}

function lineByLine(title: string): Progress {
  say(title);
  let [current, since] = [title, Date.now()];
  const timer = setInterval(() => {
    say(`  ... ${current} (${Math.round((Date.now() - since) / 1000)} s)`);
  }, silence).unref();
  return {
    doing: (text) => ([current, since] = [text, Date.now()]),
    done: (text) => {
      say(`  ${text}`);
      timer.refresh();
    },
    end: () => clearInterval(timer),
  };
}
