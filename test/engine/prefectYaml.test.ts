import assert from "node:assert/strict";
import * as path from "node:path";
import type { PrefectClient } from "../../provider/api/client";
import { prefectClient, renewServer, temporaryFolder } from "../support/environment";
import { DeployAll } from "../support/prefectYaml/deployAll";
import { type Fixture, fixturesIn } from "../support/prefectYaml/fixtures";
import { clear, type Held, heldBy } from "../support/prefectYaml/held";
import { differences } from "../support/prefectYaml/likeness";
import { makeWorld } from "../support/prefectYaml/world";
import { PulumiProject } from "../support/pulumiProject";

/** Deploys all fixtures, each file in its own environment. */
const program = (fixtures: Fixture[]) => `
  const { fromPrefectYaml, PlainDeployer } = require("meta-prefect");
  const fixtures = ${JSON.stringify(fixtures)};
  module.exports = async () => {
    for (const { name, folder, folders, env, outputs } of fixtures) {
      const before = { ...process.env };
      Object.assign(process.env, env);
      for (const place of folders) {
        const deployments = await fromPrefectYaml(place + "/prefect.yaml", outputs && { outputs });
        new PlainDeployer(name + place.slice(folder.length).replaceAll("/", "."), { deployments });
      }
      for (const key of Object.keys(env)) delete process.env[key];
      Object.assign(process.env, before);
    }
  };
`;

describe("prefect.yaml files, deployed by Prefect and by PlainDeployer", function () {
  // both make more than a hundred deployments
  this.timeout(600_000);
  const since = new Date();
  let client: PrefectClient;
  let fixtures: Fixture[];
  let project: PulumiProject;
  let atFirst: Held;
  let byPrefect: Held;
  let byUs: Held;
  /** What Pulumi printed. */
  let printed: string;
  /** The deployments of each fixture, as "flow/name". */
  const made = new Map<string, string[]>();

  before(async () => {
    await renewServer();
    client = await prefectClient();
    await makeWorld(client);
    fixtures = await fixturesIn(path.join(temporaryFolder(), "fixtures"));
    atFirst = await heldBy(client);
    byPrefect = await deployedByPrefect();
    await clear(client, atFirst);
    project = await PulumiProject.create(program(fixtures));
    printed = await project.up();
    byUs = await heldBy(client);
  });
  after(async () => {
    await project?.destroy();
    await clear(client, atFirst);
  });

  /** Runs the real command for each file. */
  async function deployedByPrefect(): Promise<Held> {
    const prefect = await DeployAll.start();
    let held = atFirst;
    try {
      for (const { name, folders, env } of fixtures) {
        for (const folder of folders) {
          const { code, said } = await prefect.run(folder, env);
          assert.equal(code, 0, `prefect deploy --all of ${name}:\n${said}`);
        }
        const now = await heldBy(client);
        made.set(
          name,
          [...now.deployments.keys()].filter((key) => !held.deployments.has(key)),
        );
        held = now;
      }
    } finally {
      prefect.stop();
    }
    return held;
  }

  it("become the same deployments, schedules and automations", () => {
    const all = fixtures.flatMap(({ name, differs }) =>
      (made.get(name) ?? [])
        .flatMap((key) => {
          const [theirs, own] = [byPrefect.deployments.get(key), byUs.deployments.get(key)];
          return theirs && own ? differences(theirs, own, since).map((one) => `${key}: ${one}`) : [`${key}: not ours`];
        })
        .filter((one) => !Object.keys(differs).some((begin) => one.startsWith(begin)))
        .map((one) => `${name}: ${one}`),
    );
    assert.deepEqual(all, []);
  });

  it("become no other objects", () => {
    const names = ({ deployments, flows, automations, queues, limits }: Held) => ({
      deployments: [...deployments.keys()].sort(),
      ...{ flows, automations, queues, limits },
    });
    assert.deepEqual(names(byUs), names(byPrefect));
  });

  it("are at least twelve, with 50 near-copies", () => {
    assert.ok(fixtures.length >= 12);
    assert.equal(made.get("nearCopies")?.length, 50);
  });

  it("say of each line what isn't done as prefect deploy does it, and nothing else", () => {
    const found = [...printed.matchAll(/^.*warning: (.*)prefect\.yaml:(\d+):\d+: (.*)$/gm)].map(
      ([, folder = "", line = "", message = ""]) => ({ folder, text: `${line}: ${message}` }),
    );
    const wrong = fixtures.flatMap(({ name, folder, said }) => {
      const own = found.filter(
        (one) =>
          path.resolve(project.folder, one.folder).startsWith(`${folder}${path.sep}`) ||
          path.resolve(project.folder, one.folder) === folder,
      );
      const texts = own.map(({ folder: below, text }) => {
        const relative = path.relative(folder, path.resolve(project.folder, below));
        return relative ? `${relative}:${text}` : text;
      });
      const missing = said.filter((part) => !texts.some((text) => matches(text, part)));
      const more = texts.filter((text) => !said.some((part) => matches(text, part)));
      return [...missing.map((one) => `${name}: isn't said: ${one}`), ...more.map((one) => `${name}: is said: ${one}`)];
    });
    assert.deepEqual(wrong, []);
  });

  it("have nothing more to do at the second preview", async () => {
    assert.deepEqual(await project.preview("--expect-no-changes"), []);
  });

  it("leave no more behind when they are destroyed than Prefect makes by itself: flows, and queues that were named", async () => {
    await project.destroy();
    const { deployments, automations, limits } = await heldBy(client);
    assert.deepEqual([...deployments.keys()], [...atFirst.deployments.keys()]);
    assert.deepEqual({ automations, limits }, { automations: atFirst.automations, limits: atFirst.limits });
  });
});

/** @param part of a message, after its line: "12: what stands here" */
function matches(text: string, part: string): boolean {
  const [, place = "", message = ""] = /^(.*?: )(.*)$/s.exec(part) ?? [];
  return text.startsWith(place) && text.includes(message);
}
