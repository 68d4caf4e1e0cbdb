import assert from "node:assert/strict";
import { Command } from "commander";
import { candidates } from "../../../cli/completion/candidates";

const program = new Command("meta-prefect");
program.command("deploy").argument("[flow...]").option("--env <env>").option("--file <file>").option("--yes");
program.command("run").argument("<flow>").option("--param <name=value>");
const worker = program.command("worker").helpCommand(false);
worker.command("restart").argument("[name]").option("--yes");
worker.command("words", { hidden: true });
worker.command("status");

const flows = (file = "meta_prefect.yaml") => (file === "meta_prefect.yaml" ? ["one", "one/a", "two"] : [file]);

/** Words, and what the last of them may become. */
const cases: [words: string[], become: string[]][] = [
  [[""], ["deploy", "run", "worker", "help"]],
  [["de"], ["deploy"]],
  [
    ["worker", ""],
    ["restart", "status"],
  ],
  [["worker", "re"], ["restart"]],
  [["worker", "restart", ""], []],
  [
    ["worker", "restart", "--"],
    ["--yes", "--help"],
  ],
  [
    ["deploy", "o"],
    ["one", "one/a"],
  ],
  [["deploy", "one", "t"], ["two"]],
  [["run", "one", "t"], []],
  [["run", "--param", "run", "t"], ["two"]],
  [["deploy", "--env", ""], []],
  [["deploy", "--env", "worker", "t"], ["two"]],
  [["deploy", "--env=worker", "--yes", "t"], ["two"]],
  [["deploy", "--env", "=", "worker", "t"], ["two"]],
  [["deploy", "--file", "other.yaml", ""], ["other.yaml"]],
  [["deploy", "--file=other.yaml", ""], ["other.yaml"]],
  [["deploy", "--f"], ["--file"]],
  [
    ["nothing", ""],
    ["deploy", "run", "worker", "help"],
  ],
  [[], ["deploy", "run", "worker", "help"]],
];

describe("the last word of a command line", () => {
  for (const [words, become] of cases) {
    it(`of ${JSON.stringify(words)} may become ${become.join(", ") || "nothing that is known"}`, () => {
      assert.deepEqual(
        candidates(program, words, flows).map(({ word }) => word),
        become,
      );
    });
  }
});
