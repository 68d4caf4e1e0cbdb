import * as fs from "node:fs";
import Mocha from "mocha";

/** A test or a hook, and the file that it is in. */
export interface Tested {
  file: string;
  title: string;
}

/** What `tools/tests.ts` reads of a run of mocha. */
export interface Results {
  passed: Tested[];
  failed: Tested[];
  /** Seconds that the tests and hooks of each file took. */
  seconds: Record<string, number>;
}

/** mocha's own report, and beside it the results, as JSON, in the file that the option `file` names. */
class WithResults extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const results: Results = { passed: [], failed: [], seconds: {} };
    const count = ({ file = "", duration = 0 }: Mocha.Runnable) => {
      results.seconds[file] = (results.seconds[file] ?? 0) + duration / 1000;
    };
    const tested = (test: Mocha.Test) => ({ file: test.file ?? "", title: test.fullTitle() });
    runner.on("pass", (test) => results.passed.push(tested(test)));
    runner.on("fail", (test) => results.failed.push(tested(test)));
    for (const event of ["test end", "hook end"]) runner.on(event, count);
    const { file } = options.reporterOptions as { file: string };
    runner.once("end", () => fs.writeFileSync(file, JSON.stringify(results)));
  }
}

module.exports = WithResults;
