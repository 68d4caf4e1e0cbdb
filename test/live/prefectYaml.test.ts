import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import type { PrefectClient } from "../../provider/api/client";
import { prefectClient, prefectServer, renewServer, temporaryFolder, tools } from "../support/environment";
import { isLong } from "../support/long";
import { DeployAll } from "../support/prefectYaml/deployAll";
import { deployHere } from "../support/prefectYaml/deployHere";
import { foundFiles } from "../support/prefectYaml/foundFiles";
import { clear, type Held, heldBy } from "../support/prefectYaml/held";
import { differences } from "../support/prefectYaml/likeness";
import { randomEnvironment, randomFiles, randomFlows } from "../support/prefectYaml/randomFiles";
import { makeWorld } from "../support/prefectYaml/world";

/** More of them, and others, by the environment. */
const runs = Number(process.env.META_PREFECT__RANDOM_FILES ?? (isLong ? 40 : 6));
const seed = Number(process.env.META_PREFECT__RANDOM_SEED ?? 20_260_101);

describe(`random prefect.yaml files, ${runs} of seed ${seed}`, function () {
  this.timeout(60_000 + runs * 60_000);
  const since = new Date();
  const before_ = { ...process.env };
  let client: PrefectClient;
  let prefect: DeployAll;
  let atFirst: Held;
  let folder: string;
  const count = { same: 0, said: 0, refused: 0 };

  before(async () => {
    await renewServer();
    client = await prefectClient();
    await makeWorld(client);
    atFirst = await heldBy(client);
    prefect = await DeployAll.start();
    folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, "flows.py"), randomFlows);
    const { python } = await tools();
    const { apiUrl } = await prefectServer();
    Object.assign(process.env, randomEnvironment, { META_PREFECT__PYTHON: python, PREFECT_API_URL: apiUrl });
  });
  after(async () => {
    prefect.stop();
    for (const key of Object.keys(process.env)) if (!(key in before_)) delete process.env[key];
    Object.assign(process.env, before_);
    await clear(client, atFirst);
    console.log(`      ${count.same} the same, ${count.said} of which something is said, ${count.refused} refused`);
  });

  it("become the same by Prefect and by PlainDeployer, or it is said with its line what doesn't", async () => {
    await fc.assert(
      fc.asyncProperty(randomFiles, async (text) => {
        const file = path.join(folder, "prefect.yaml");
        fs.writeFileSync(file, text);
        const { code, said } = await prefect.run(folder, randomEnvironment);
        const theirs = await heldBy(client);
        await clear(client, atFirst);
        const { warnings, errors } = await deployHere(file, client);
        const ours = await heldBy(client);
        await clear(client, atFirst);
        const unlike = code === 0 ? unlikeness(theirs, ours) : [`Prefect fails: ${reason(said)}`];
        const places = [...warnings, ...errors].filter((one) => /prefect\.yaml:\d+:\d+/.test(one));
        // what the server itself refuses, it refuses of both
        const isServers = (one: string) => code !== 0 && /(answered 4\d\d|its work pool)/.test(one);
        const unplaced = errors.filter((one) => !/prefect\.yaml:\d+:\d+/.test(one) && !isServers(one));
        const shown = JSON.stringify({ unlike, warnings, errors }, undefined, 2);
        assert.deepEqual(unplaced, [], `an error has no line: ${shown}\n${text}`);
        assert.ok(
          unlike.length === 0 || places.length > 0 || errors.some(isServers),
          `nothing is said: ${shown}\n${text}`,
        );
        count[errors.length > 0 ? "refused" : unlike.length > 0 ? "said" : "same"] += 1;
      }),
      {
        numRuns: runs + foundFiles.length,
        examples: foundFiles.map((text): [string] => [text]),
        seed,
        endOnFailure: process.env.META_PREFECT__RANDOM_SEED !== undefined,
      },
    );
  });

  function unlikeness(theirs: Held, ours: Held): string[] {
    const keys = [...new Set([...theirs.deployments.keys(), ...ours.deployments.keys()])];
    return keys.flatMap((key) => {
      const [their, our] = [theirs.deployments.get(key), ours.deployments.get(key)];
      if (!their || !our) return [`${key}: ${their ? "only Prefect's" : "only ours"}`];
      return differences(their, our, since).map((one) => `${key}: ${one}`);
    });
  }
});

/** Why Prefect fails, of all that it prints. */
function reason(said: string): string {
  return said
    .split("\n")
    .filter((line) => /rror|•|must|required|Unable|Unknown/.test(line) && !line.includes("errors.pydantic.dev"))
    .slice(-3)
    .join(" / ");
}
