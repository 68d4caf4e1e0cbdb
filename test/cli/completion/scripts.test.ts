import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../../tools/root";
import { temporaryFolder } from "../../support/environment";
import { skipped } from "../../support/skipped";

/** Names of flows that would do something if a shell took them for more than a word. */
const hostile = ["$(touch owned)", "`touch owned`;x", 'it\'s "q"', "two words", "back\\slash", "a;b&c|d>e", "über*"];

/** A folder with a YAML, and the command on its PATH. */
function folderOfFlows(): { folder: string; env: NodeJS.ProcessEnv } {
  const folder = temporaryFolder();
  const flows = ["plain", ...hostile].map((name) => `  ${JSON.stringify(name)}: [{ variables: { name: run } }]\n`);
  fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), `deployments:\n${flows.join("")}  "e\\e[2J": []\n`);
  const bin = path.join(folder, "bin");
  fs.mkdirSync(bin);
  const command = `#!/bin/sh\nexec '${process.execPath}' '${path.join(root, "dist/cli/index.js")}' "$@"\n`;
  fs.writeFileSync(path.join(bin, "meta-prefect"), command, { mode: 0o755 });
  return { folder, env: { ...process.env, PATH: `${bin}:${process.env.PATH ?? ""}`, LC_ALL: "C.UTF-8" } };
}

const isThere = (shell: string) => spawnSync(shell, ["--version"]).status === 0;

/** Runs a script of a shell in the folder, and gives the lines that it prints. */
function lines(shell: string[], script: string, { folder, env }: ReturnType<typeof folderOfFlows>): string[] {
  const [program = "", ...words] = shell;
  const { stdout, stderr, status } = spawnSync(program, [...words, script], { cwd: folder, env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.ok(!fs.existsSync(path.join(folder, "owned")));
  return stdout.split("\n").filter((line) => line !== "");
}

describe("completion in bash", () => {
  /** What the words of a command line become, each as it is inserted. */
  const completed = (words: string[], world = folderOfFlows()) => {
    const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const script = `eval "$(meta-prefect completion bash)"; complete -p meta-prefect >&2
      COMP_WORDS=(meta-prefect ${line}); COMP_CWORD=${words.length}; _meta_prefect meta-prefect
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return { found: lines(["bash", "--norc", "-c"], script, world), world };
  };

  it("knows commands, options and flows", () => {
    assert.deepEqual(completed(["dep"]).found, ["deploy"]);
    assert.deepEqual(completed(["worker", "restart", "--y"]).found, ["--yes"]);
    assert.deepEqual(completed(["schedule", "pause", "pl"]).found, ["plain", "plain/run"]);
    assert.deepEqual(completed(["deploy", "--env", "=", "dev", "plain/"]).found, ["plain/run"]);
  });

  it("inserts each name as one word that does nothing", () => {
    const { found, world } = completed(["run", ""]);
    const read = lines(["bash", "--norc", "-c"], `printf '%s\\n' ${found.join(" ")}`, world);
    assert.deepEqual(
      read,
      ["plain", ...hostile].flatMap((name) => [name, `${name}/run`]),
    );
  });

  it("goes on with a word that is quoted", () => {
    assert.deepEqual(completed(["run", "two\\ wo"]).found, ["two\\ words", "two\\ words/run"]);
    assert.deepEqual(completed(["run", '"two wo']).found, ["two words", "two words/run"]);
    assert.deepEqual(completed(["run", '"$(']).found, []);
  });

  it("says nothing where there is no YAML", () => {
    const world = folderOfFlows();
    fs.rmSync(path.join(world.folder, "meta_prefect.yaml"));
    assert.deepEqual(completed(["run", ""], world).found, []);
  });
});

describe("completion in fish", () => {
  it("knows commands, options and flows, also of hostile names", function () {
    if (!isThere("fish")) skipped(this, "there is no fish");
    const completed = (line: string) =>
      lines(
        ["fish", "--no-config", "-c"],
        `meta-prefect completion fish | source; complete -C '${line}'`,
        folderOfFlows(),
      );
    assert.deepEqual(
      completed("meta-prefect worker re").map((line) => line.split("\t")[0]),
      ["restart"],
    );
    assert.deepEqual(
      completed("meta-prefect run ").sort(),
      ["plain", ...hostile].flatMap((name) => [name, `${name}/run`]).sort(),
    );
    assert.deepEqual(completed("meta-prefect deploy --file meta"), ["meta_prefect.yaml"]);
  });
});

describe("completion in zsh", () => {
  it("inserts commands and names as words that do nothing", function () {
    if (!isThere("zsh")) skipped(this, "there is no zsh");
    const world = folderOfFlows();
    // one with a terminal: it is typed, Tab completes, and the next key says what the line is now
    const setUp = `autoload -U compinit; compinit -u -D; eval "$(meta-prefect completion zsh)"
      said() { print -r -- "$BUFFER" > line }; zle -N said; bindkey '^X' said; : > ready`;
    fs.writeFileSync(path.join(world.folder, "setUp"), setUp);
    const typed = (line: string) => {
      const script = `zmodload zsh/zpty; rm -f ready line; zpty z zsh -f -i; zpty -w z 'source ./setUp'
        until [[ -e ready ]]; do sleep 0.05; done; sleep 0.3
        zpty -w -n z ${JSON.stringify(line)}$'\\t\\C-x'
        until [[ -s line ]]; do sleep 0.05; done; cat line; zpty -d z`;
      return lines(["zsh", "-f", "-c"], script, world);
    };
    assert.deepEqual(typed("meta-prefect worker resta"), ["meta-prefect worker restart "]);
    assert.deepEqual(typed("meta-prefect run it"), ['meta-prefect run it\\\'s\\ \\"q\\"']);
  });
});
