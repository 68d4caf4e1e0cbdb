import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { version } from "../../importer/ownPackage";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
import { buildWheel } from "../../tools/wheel";
import { prefectClient, temporaryFolder, tools } from "../support/environment";
import { Newcomer } from "../support/newcomer";
import { NpmMirror } from "../support/npmMirror";
import { installedByPip, type VirtualEnvironment, withoutNode } from "../support/pip";

interface Lock {
  packages: Record<string, { version?: string; resolved?: string; integrity?: string }>;
}

/** Where nobody listens. */
const away = "http://127.0.0.1:1/";

describe("the Python package", () => {
  let environment: VirtualEnvironment;
  /** The variables of a machine without Node.js, on which Prefect is where the package is. */
  let machine: NodeJS.ProcessEnv;

  before(async () => {
    environment = await installedByPip(await buildWheel(temporaryFolder()));
    const { env } = await tools();
    machine = { PATH: withoutNode(env.PATH ?? ""), META_PREFECT__PYTHON: undefined };
  });

  it("has the npm package of its version, with the project's own versions and hashes of what that needs, from any registry", async () => {
    const script = "import importlib.metadata as m; print(m.version('meta-prefect'))";
    assert.equal((await run(environment.python, ["-c", script])).trim(), version);
    const carried = path.join(environment.sitePackages, "meta_prefect", "_command", "npm");
    const read = (...file: string[]) => JSON.parse(fs.readFileSync(path.join(...file), "utf8")) as Lock;
    const { "": _, "node_modules/meta-prefect": own, ...others } = read(carried, "package-lock.json").packages;
    assert.deepEqual([own?.version, own?.resolved], [version, `file:meta-prefect-${version}.tgz`]);
    const known = read(root, "package-lock.json").packages;
    assert.ok(Object.keys(others).length > 100);
    for (const [place, { version, resolved, integrity }] of Object.entries(others)) {
      assert.match(integrity ?? "", /^sha512-/, place);
      assert.deepEqual(
        [version, resolved, integrity],
        [known[place]?.version, undefined, known[place]?.integrity],
        place,
      );
    }
    assert.ok(!Object.keys(others).some((place) => /typescript|mocha|@pulumi.(aws|kubernetes)/.test(place)));
    assert.ok(fs.existsSync(path.join(environment.sitePackages, "meta_prefect", "py.typed")));
  });

  it("says in one line that the npm registry can't be reached, and what to do", async () => {
    const person = await Newcomer.with([environment.python, "-m", "meta_prefect"], {
      ...machine,
      npm_config_registry: away,
      npm_config_fetch_retries: "0",
    });
    const { code, printed, said } = await person.try("init", "--json");
    assert.equal(code, 1);
    // how long it has taken so far is told where it takes long
    const [first = "", ...others] = said
      .trimEnd()
      .split("\n")
      .filter((line) => !/^ {2}\.\.\. \d+ s$/.test(line));
    assert.match(first, /^installing meta-prefect into \S+, which is done once$/);
    assert.equal(others.length, 1, said);
    assert.match(
      others[0] ?? "",
      /^error: .* the npm registry http:\/\/127\.0\.0\.1:1\/ \(ECONNREFUSED: .*npm_config_registry/,
    );
    assert.equal(`error: ${(JSON.parse(printed) as { error: string }).error}`, others[0]);
    assert.deepEqual(fs.readdirSync(path.join(person.home, ".cache", "meta-prefect", "packages")), []);
  });

  it("takes a newcomer without Node.js to a flow that runs, by a company's mirror, and back", async () => {
    const mirror = await NpmMirror.start();
    const person = await Newcomer.with([environment.command("meta-prefect")], {
      ...machine,
      npm_config_registry: mirror.address,
    });
    try {
      const { printed, said } = await person.call("init");
      assert.match(
        said,
        /^installing meta-prefect into \S+, which is done once\n( {2}\.\.\. \d+ s\n)* {2}done in \d+ s\n$/,
      );
      assert.match(printed, /add-two-numbers-flow\/local-run {2}\(flows\.py:add_two_numbers_flow\)/);
    } finally {
      mirror.stop();
    }
    assert.ok(mirror.archives.size > 100);
    // what is installed stays so
    person.env.npm_config_registry = away;
    const first = await person.call("deploy", "--yes");
    assert.match(first.printed, /^ {2}run once {2}meta-prefect run add-two-numbers-flow\/local-run-dev$/m);
    // its Node.js keeps what it has compiled for the next time
    assert.notDeepEqual(fs.readdirSync(path.join(person.home, ".cache", "meta-prefect", "compiled")), []);
    const ran = await person.call("run", "add-two-numbers-flow", "--param", "x=1", "--param", "y=2", "--watch");
    assert.match(ran.printed, /INFO {5}1 \+ 2 = 3$/m);
    assert.match(ran.said, /^ {2}Completed$/m);
    const failing = await person.try("run", "add-two-numbers-flow", "--param", "x=-1", "--watch");
    assert.equal(failing.code, 1);
    assert.match(failing.said, /^error: run "[\w-]+" ended as Failed: .*x is negative$/m);
    assert.equal((await person.try("depoly")).code, 2);

    const listed = await person.call("list");
    assert.match(listed.printed, /^add-two-numbers-flow\/local-run-dev +\S+ +online +.* +Failed \d+ seconds? ago$/m);

    sayStart(person, environment);
    await person.call("destroy", "--yes");
    const client = await prefectClient();
    assert.deepEqual(
      await client.filter("/deployments/filter", { deployments: { name: { any_: ["local-run-dev"] } } }),
      [],
    );
    await person.leavesNothing();
    person.keepsOneCopy();
  });
});

/** Says how long a start takes, and how long by Node.js itself. */
function sayStart({ folder, env }: Newcomer, { command }: VirtualEnvironment): void {
  const milliseconds = (program: string, ...words: string[]) => {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      assert.equal(
        execFileSync(program, [...words, "--version"], { cwd: folder, env, encoding: "utf8" }),
        `${version}\n`,
      );
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  const own = path.join(folder, ".meta-prefect");
  const script = path.join(own, "node_modules", "meta-prefect", "dist", "cli", "index.js");
  const byNode = milliseconds(path.join(own, "bin", "node"), script);
  const byPython = milliseconds(command("meta-prefect"));
  console.log(`      a start takes ${byPython.toFixed(0)} ms, and ${byNode.toFixed(0)} ms by Node.js itself`);
}
