import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { ensureManifest } from "../../cli/project/manifest";
import { findPlace } from "../../cli/project/place";
import { loadYaml } from "../../index";
import { readYamlProject } from "../../recipes/yaml/project";
import { root } from "../../tools/root";
import { folderWith } from "../support/folderWith";

const cli = path.join(__dirname, "../../cli/index.js");
const hello = "from prefect import flow\n\n@flow\ndef hello_world(): ...\n";

interface Ending {
  code: number | null;
  printed: string;
  said: string;
}

/** Runs a command; as soon as its output matches, keys are typed. */
function running(command: string, args: string[], cwd: string, typing?: { at: RegExp; keys: string }): Promise<Ending> {
  const { META_PREFECT__ENV: _, ...env } = process.env;
  const child = spawn(command, args, { cwd, env, stdio: [typing ? "pipe" : "ignore", "pipe", "pipe"] });
  let [printed, said] = ["", ""];
  let isTyped = false;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    if (isTyped || !typing?.at.test(printed)) return;
    isTyped = true;
    child.stdin?.write(typing.keys);
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, printed, said })));
}

const init = (folder: string, ...args: string[]) => running(process.execPath, [cli, "init", ...args], folder);
const read = (folder: string, file = "meta_prefect.yaml") => fs.readFileSync(path.join(folder, file), "utf8");
const entrypointsIn = (folder: string) =>
  readYamlProject(path.join(folder, "meta_prefect.yaml"), "dev").deployments.map(({ entrypoint }) => entrypoint);

describe("meta-prefect init", () => {
  it("writes a YAML as a person would, and says what it did and what comes next", async () => {
    const folder = folderWith({
      "flows/flows.py": `${hello}\n@flow(name="daily sums")\ndef sums(x: int): ...\n`,
      ".venv/pyvenv.cfg": "",
      ".venv/lib/other.py": hello,
    });
    const { code, printed, said } = await init(folder);
    assert.deepEqual([code, said], [0, ""]);
    assert.equal(
      printed,
      `wrote meta_prefect.yaml in ${folder}:\n  hello-world/local-run  (flows/flows.py:hello_world)\n` +
        "  daily sums/local-run  (flows/flows.py:sums)\nnext:\n  meta-prefect deploy\n",
    );
    assert.equal(
      read(folder),
      [
        "# yaml-language-server: $schema=.meta-prefect/node_modules/meta-prefect/recipes/yaml/meta_prefect.schema.json",
        "",
        "deployments:",
        "  hello-world:",
        "    - recipe: local_run_deployer",
        "      variables:",
        "        name: local-run",
        "        # when it runs, besides by hand:",
        '        # schedule: { slug: mornings, cron: "0 9 * * *", timezone: UTC, active: true }',
        "      # what differs in another environment, here for meta-prefect deploy --env prod:",
        "      # environments: { prod: { variables: { tags: [production] } } }",
        "  daily sums:",
        "    - recipe: local_run_deployer",
        "      variables:",
        "        name: local-run",
        "",
      ].join("\n"),
    );
    assert.deepEqual(fs.readdirSync(folder).sort(), [".venv", "flows", "meta_prefect.yaml"]);
    assert.deepEqual(entrypointsIn(folder), ["flows/flows.py:hello_world", "flows/flows.py:sums"]);
    const schema = /\$schema=\S+meta-prefect\/(\S+)/.exec(read(folder))?.[1] ?? "";
    assert.ok(fs.existsSync(path.join(root, schema)), schema);
  });

  it("writes comments that are right once they aren't comments any more", async () => {
    const folder = folderWith({ "flows.py": hello });
    await init(folder, "--yes");
    const lines = read(folder).replace(/# (schedule|environments):/g, "$1:");
    fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), lines);
    const [deployment] = loadYaml(path.join(folder, "meta_prefect.yaml")).deployments["hello-world"] ?? [];
    assert.deepEqual(deployment?.variables?.schedule, {
      slug: "mornings",
      cron: "0 9 * * *",
      timezone: "UTC",
      active: true,
    });
    assert.deepEqual(deployment.environments, { prod: { variables: { tags: ["production"] } } });
    assert.deepEqual(entrypointsIn(folder), ["flows.py:hello_world"]);
  });

  it("gives flows that their name doesn't tell apart names and entrypoints, and flows whose name isn't a text", async () => {
    const folder = folderWith({
      "a.py": hello,
      "b.py": hello,
      "c.py": 'from prefect import flow\nname = "x"\n@flow(name=name)\ndef by_name(): ...\n',
    });
    await init(folder);
    const { deployments } = readYamlProject(path.join(folder, "meta_prefect.yaml"), "dev");
    assert.deepEqual(
      deployments.map(({ flow, name, entrypoint }) => [flow, name, entrypoint]),
      [
        ["hello-world", "local-run", "a.py:hello_world"],
        ["hello-world", "local-run-2", "b.py:hello_world"],
        ["by-name", "local-run", "c.py:by_name"],
      ],
    );
  });

  it("writes names as data, whatever they are: what it writes is read back as the same flows", async () => {
    const names = [
      ...["true", "null", "~", "1", "1e3", "0x1F", "2024-01-01", "!!python/object:os.system", "*alias", "&anchor"],
      ...["- x", "a: b", "# no comment", "a #b", "{{ x }}", "[x]", "'", '"', "\\", "`", "|", "? a", "@x", "yes", "<<"],
      ...["__proto__", "constructor", "toString", "${env:HOME}", "$${env:HOME}", "${", "a\nb: c", "\ttab ", " spaces "],
      ...["\u001b[2J\u0007", "\u202eabc", "\u2028", "\ufeff", "é\u0301", "😀", "x".repeat(3000)],
    ].filter((name) => !/[/%&><]/.test(name));
    const literal = (name: string) =>
      JSON.stringify(name).replace(
        /[\u007f-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
    const python = (name: string, i: number) => {
      // a pair of surrogates is one character of Python's
      const text = literal(name).replace(/\\ud83d\\ude00/g, "\\U0001f600");
      return `@flow(name=${text})\ndef f${i}(): ...\n`;
    };
    const files = ["${env:HOME}.py", "a: b.py", "# c.py", "'q\".py", "- d.py", "\u001b[2J.py"];
    const folder = folderWith({
      "all.py": `from prefect import flow\n${names.map(python).join("")}`,
      ...Object.fromEntries(files.map((file) => [file, hello])),
    });
    const { code, printed, said } = await init(folder);
    assert.equal(code, 0, said);

    assert.doesNotMatch(printed + said, /[\u001b\u0007\u202e\u2028]/);
    assert.deepEqual(
      entrypointsIn(folder).sort(),
      [...names.map((_, i) => `all.py:f${i}`), ...files.map((file) => `${file}:hello_world`)].sort(),
    );
  });

  it("executes nothing of the folder", async () => {
    const folder = folderWith({
      "flows.py": `open("imported", "w")\n${hello}`,
      "sitecustomize.py": 'open("customized", "w")\n',
      "prefect.py": 'open("prefect", "w")\n',
    });
    assert.equal((await init(folder)).code, 0);
    assert.deepEqual(fs.readdirSync(folder).sort(), [
      "flows.py",
      "meta_prefect.yaml",
      "prefect.py",
      "sitecustomize.py",
    ]);
  });

  it("leaves out a flow whose name Prefect refuses, and names files that can't be read", async () => {
    const folder = folderWith({ "a.py": `${hello}\n@flow(name="a/b")\ndef slashed(): ...\n`, "bad.py": "flow(\n" });
    const { code, said } = await init(folder);
    assert.equal(code, 0);
    assert.match(said, /^warning: left out a.py:slashed: its name is "a\/b", and Prefect's names hold none of/);
    assert.match(said, /\nwarning: bad.py can't be read: SyntaxError/);
    assert.deepEqual(entrypointsIn(folder), ["a.py:hello_world"]);
    const only = folderWith({ "a.py": 'from prefect import flow\n@flow(name="a/b")\ndef slashed(): ...\n' });
    const none = await init(only);
    assert.equal(none.code, 1);
    assert.match(none.said, /^error: flow a.py:slashed: its name is "a\/b"/);
    assert.deepEqual(fs.readdirSync(only), ["a.py"]);
  });

  it("says what it looked for where there is no flow, and shows one", async () => {
    const folder = folderWith({ "a.py": "x = 1\n", "bad.py": "flow(\n" });
    const { code, said } = await init(folder);
    assert.equal(code, 1);
    assert.match(
      said,
      /^error: no flow was found below \/\S+; looked for functions with Prefect's @flow in the Python/,
    );
    assert.match(said, /\nbad.py can't be read: SyntaxError.*\n[^]*\n {2}@flow\n {2}def hello\(\):\n/);
    assert.deepEqual(fs.readdirSync(folder).sort(), ["a.py", "bad.py"]);
  });

  it("never overwrites what is there", async () => {
    for (const [name, args] of [
      ["meta_prefect.yaml", []],
      ["meta_prefect.yml", []],
      ["risk.yaml", ["--file", "risk.yaml"]],
      ["index.ts", ["--typescript"]],
    ] as const) {
      const folder = folderWith({ "flows.py": hello, [name]: "mine" });
      const { code, said, printed } = await init(folder, "--yes", ...args);
      assert.deepEqual([code, printed, read(folder, name)], [1, "", "mine"]);
      assert.match(said, new RegExp(`^error: /\\S+/${name} is there already, and stays as it is; `));
      assert.deepEqual(fs.readdirSync(folder).sort(), ["flows.py", name].sort());
    }
    const linked = folderWith({ "flows.py": hello });
    fs.symlinkSync("elsewhere.yaml", path.join(linked, "meta_prefect.yaml"));
    assert.equal((await init(linked)).code, 1);
    assert.ok(!fs.existsSync(path.join(linked, "elsewhere.yaml")));
  });

  it("keeps out of the folder of a Pulumi program", async () => {
    for (const args of [[], ["--typescript"]]) {
      const folder = folderWith({ "flows.py": hello, "Pulumi.yml": "name: mine\nruntime: python\n" });
      const { code, said } = await init(folder, ...args);
      assert.equal(code, 1);
      assert.match(said, /^error: \/\S+ has a Pulumi program of its own \(Pulumi.yml\)/);
      assert.deepEqual(fs.readdirSync(folder).sort(), ["Pulumi.yml", "flows.py"]);
    }
  });

  it("writes another file, and says how to deploy that", async () => {
    const folder = folderWith({ "team/flows.py": hello, "other.py": hello });
    const { code, printed } = await init(folder, "--file", "team/risk.yaml", "--env", "prod");
    assert.equal(code, 0);
    assert.match(printed, /\nnext:\n {2}meta-prefect deploy --env prod --file team\/risk.yaml\n$/);
    const { deployments } = readYamlProject(path.join(folder, "team/risk.yaml"), "prod");
    assert.deepEqual(
      deployments.map(({ entrypoint }) => entrypoint),
      ["flows.py:hello_world"],
    );
  });

  const misused: [string[], RegExp][] = [
    [["--file", "risk.json"], /^error: --file "risk.json": the name of a YAML file ends in .yaml or .yml$/],
    [["--file", "none/risk.yaml"], /^error: --file "none\/risk.yaml": there is no folder \/\S+; make it first$/],
    [["--typescript", "--file", "a.yaml"], /^error: --typescript writes index.ts; leave out --file$/],
    [["--typscript"], /^error: unknown option '--typscript'\n\(Did you mean --typescript\?\)$/],
    [["flows"], /^error: too many arguments for 'init'/],
  ];
  for (const [args, says] of misused) {
    it(`takes ${args.join(" ")} as wrong usage`, async () => {
      const { code, said, printed } = await init(folderWith({ "flows.py": hello }), ...args);
      assert.match(said.trimEnd(), says);
      assert.deepEqual([code, printed], [2, ""]);
    });
  }

  it("prints one JSON document when asked to", async () => {
    const folder = folderWith({ "flows.py": hello, "bad.py": "flow(\n" });
    const { code, printed } = await init(folder, "--json");
    assert.equal(code, 0);
    const { unread, ...document } = JSON.parse(printed) as { unread: { file: string }[] };
    assert.deepEqual(document, {
      folder,
      written: ["meta_prefect.yaml"],
      kept: [],
      deployments: [{ flow: "hello-world", name: "local-run", entrypoint: "flows.py:hello_world" }],
      leftOut: [],
    });
    assert.deepEqual(
      unread.map(({ file }) => file),
      ["bad.py"],
    );
    const again = await init(folder, "--json");
    assert.deepEqual([again.code, Object.keys(JSON.parse(again.printed) as object)], [1, ["error"]]);
  });

  it("asks on a terminal which of several flows", async () => {
    const folder = folderWith({ "a.py": hello, "b.py": "from prefect import flow\n@flow\ndef other(): ...\n" });
    const onTerminal = `import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)`;
    const typing = { at: /which flows[^]*b\.py:other/, keys: " \r" };
    const { code, printed } = await running(
      "python3",
      ["-c", onTerminal, process.execPath, cli, "init"],
      folder,
      typing,
    );
    assert.equal(code, 0, printed);
    assert.deepEqual(entrypointsIn(folder), ["b.py:other"]);
  });

  describe("--typescript", () => {
    it("writes a program for the same deployments, and what a program needs", async () => {
      const flows = `${hello}\n@flow(name="daily \${sums}\`\\n")\ndef sums(): ...\n`;
      const folder = folderWith({ "flows.py": flows });
      const { code, printed, said } = await init(folder, "--typescript");
      assert.deepEqual([code, said], [0, ""]);
      assert.match(printed, /^wrote index.ts, Pulumi.yaml, package.json, tsconfig.json in /);
      assert.match(printed, /\nnext:\n {2}npm install\n {2}meta-prefect deploy\n$/);
      assert.match(read(folder, "index.ts"), /new LocalRunDeployer\("local_run_deployer", \{/);
      assert.ok(read(folder, "index.ts").includes('    { name: "local-run", entrypoint: "flows.py:hello_world" },\n'));
      assert.ok(
        read(folder, "index.ts").includes(
          '    { name: "local-run", flowName: "daily ${sums}`\\n", entrypoint: "flows.py:sums" },\n',
        ),
      );
      assert.deepEqual(problemsOf(path.join(folder, "index.ts")), []);
    });

    it("goes on with what a YAML deploys, as the same project", async () => {
      const folder = folderWith({ "meta_prefect.yaml": "name: risk\ndeployments: {}\n" });
      const manifest = ensureManifest({ folder }, path.join(folder, "meta_prefect.yaml"), {});
      const { code, printed, said } = await init(folder, "--typescript", "--env", "prod");
      assert.deepEqual([code, said], [0, ""]);
      assert.equal(
        printed,
        `wrote index.ts, Pulumi.yaml, package.json, tsconfig.json in ${folder}: a program that deploys what meta_prefect.yaml says\n` +
          "next:\n  npm install\n  meta-prefect deploy --env prod\n",
      );
      assert.equal(fs.readFileSync(manifest, "utf8"), 'name: "risk"\nruntime: nodejs\n');
      assert.match(read(folder, "index.ts"), /deployFromYaml\("meta_prefect.yaml"\)/);
      assert.equal(findPlace({}, folder, {}).file, undefined);
    });

    it("goes on with a YAML of another name, and with one that was never deployed", async () => {
      const folder = folderWith({ "team.yaml": "deployments: {}\n" });
      ensureManifest({ folder }, path.join(folder, "team.yaml"), {});
      const { printed } = await init(folder, "--typescript", "--json");
      const written = ["index.ts", "Pulumi.yaml", "package.json", "tsconfig.json"];
      assert.deepEqual(JSON.parse(printed), { folder, written, kept: [], reads: "team.yaml" });
      assert.match(read(folder, "index.ts"), /deployFromYaml\("team.yaml"\)/);
      const fresh = folderWith({ "meta_prefect.yml": "name: fresh\ndeployments: {}\n" });
      assert.equal((await init(fresh, "--typescript")).code, 0);
      assert.equal(read(fresh, "Pulumi.yaml"), 'name: "fresh"\nruntime: nodejs\n');
    });

    it("comes in the place of a YAML that was moved away, as the same project", async () => {
      const folder = folderWith({ "flows.py": hello, "meta_prefect.yaml": "name: risk\n" });
      ensureManifest({ folder }, path.join(folder, "meta_prefect.yaml"), {});
      fs.rmSync(path.join(folder, "meta_prefect.yaml"));
      assert.equal((await init(folder, "--typescript")).code, 0);
      assert.equal(read(folder, "Pulumi.yaml"), 'name: "risk"\nruntime: nodejs\n');
      assert.match(read(folder, "index.ts"), /new LocalRunDeployer\("local_run_deployer", \{/);
    });

    it("leaves the settings of a project to a person who has written some, and says what to write", async () => {
      const folder = folderWith({ "meta_prefect.yaml": "deployments: {}\n" });
      const manifest = ensureManifest({ folder }, path.join(folder, "meta_prefect.yaml"), {});
      fs.appendFileSync(manifest, "# mine\n");
      const before = fs.readFileSync(manifest, "utf8");
      const { said, code } = await init(folder, "--typescript");
      assert.deepEqual([code, fs.readFileSync(manifest, "utf8")], [0, before]);
      assert.equal(
        said,
        "Pulumi.yaml is there already, and stays as it is\n" +
          'Pulumi.yaml names the program of a YAML still; write "runtime: nodejs" in it, and delete its line "main: ..."\n',
      );
    });

    it("leaves what is there, and says how to go on with it", async () => {
      const folder = folderWith({ "flows.py": hello, "package.json": '{ "name": "mine" }', "tsconfig.json": "{}" });
      const { code, printed, said } = await init(folder, "--typescript");
      assert.equal(code, 0);
      assert.deepEqual([read(folder, "package.json"), read(folder, "tsconfig.json")], ['{ "name": "mine" }', "{}"]);
      assert.equal(
        said,
        "package.json is there already, and stays as it is\ntsconfig.json is there already, and stays as it is\n",
      );
      assert.match(
        printed,
        /\n {2}npm pkg set main=index.ts && npm install meta-prefect typescript@5.9 @types\/node@20\n/,
      );
    });
  });
});

/** What the compiler says of a program that uses this package. */
function problemsOf(file: string): string[] {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), (name) => ts.sys.readFile(name)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([file], { ...options, noEmit: true, rootDir: "/" });
  const source = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"),
  );
}
