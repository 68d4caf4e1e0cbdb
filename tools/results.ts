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
}

/** mocha's own report, and beside it the results, as JSON, in the file that the option `file` names. */
class WithResults extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const results: Results = { passed: [], failed: [] };
    const tested = (test: Mocha.Test) => ({ file: test.file ?? "", title: test.fullTitle() });
    runner.on("pass", (test) => results.passed.push(tested(test)));
    runner.on("fail", (test) => results.failed.push(tested(test)));
    const { file } = options.reporterOptions as { file: string };
    runner.once("end", () => fs.writeFileSync(file, JSON.stringify(results)));
  }
}

module.exports = WithResults;
