import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { metaPrefect } from "../../support/command";
import { temporaryFolder } from "../../support/environment";
import { folderWith } from "../../support/folderWith";
import { pulumiStandIn } from "../../support/standIn";

const lines = ["list", "logs sums", "run sums", "schedule pause sums", "worker status", "worker logs"];

describe("a command that needs no more than the state and the settings of a stack", () => {
  it("makes no program, nor what that needs", async () => {
    const PATH = [pulumiStandIn(), process.env.PATH].join(path.delimiter);
    const env = { PATH, HOME: temporaryFolder(), PREFECT_API_URL: "http://127.0.0.1:9/api" };
    const made = lines.map(async (line) => {
      const folder = folderWith({ "meta_prefect.yaml": "deployments: {}\n" });
      const { said } = await metaPrefect(line.split(" "), { cwd: folder, env });
      return { line, said, own: fs.readdirSync(path.join(folder, ".meta-prefect")).sort() };
    });
    for (const { line, said, own } of await Promise.all(made)) {
      assert.deepEqual(own, [".gitignore", "passphrase", "state"], line);
      assert.match(said, /nothing is deployed|nothing is; run|no worker|no such worker|several workers/, line);
    }
  });
});
