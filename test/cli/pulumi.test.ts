import assert from "node:assert/strict";
import { withoutEnv } from "../../cli/pulumi";

const cases: [words: string[], env: string | undefined, others: string[]][] = [
  [["preview", "--diff"], undefined, ["preview", "--diff"]],
  [["preview", "--env", "prod", "--diff"], "prod", ["preview", "--diff"]],
  [["preview", "--env=prod"], "prod", ["preview"]],
  [["up", "--remote", "--env", "A=b"], undefined, ["up", "--remote", "--env", "A=b"]],
  [["config", "set", "--", "x", "--env", "y"], undefined, ["config", "set", "--", "x", "--env", "y"]],
  [["stack", "--env"], undefined, ["stack", "--env"]],
];

describe("meta-prefect pulumi", () => {
  for (const [words, env, others] of cases) {
    it(`takes its environment alone from ${JSON.stringify(words.join(" "))}`, () => {
      const found = withoutEnv(words);
      assert.deepEqual([found.env, found.others], [env, others]);
    });
  }
});
