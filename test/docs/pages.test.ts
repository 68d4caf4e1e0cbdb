import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import * as face from "../../index";
import { writtenPages } from "../../tools/reference";
import { root } from "../../tools/root";
import { problemsOf } from "../support/compiled";
import { temporaryFolder } from "../support/environment";
import { type CodeBlock, Page } from "../support/page";

const pages = Page.all();
const written = new Set(writtenPages().map((name) => `docs/reference/${name}`));
const own = /^https:\/\/github\.com\/meta-prefect\/meta-prefect\/(?:blob|tree)\/main\/(.*)$/;

/** A file that does what a page says, and the part of its text that does so. */
type Doing = [file: string, text: string];

/**
 * What is done for the pages that no test types as a whole: for each line of their shell, without its comment, and for the first line of each
 * text that they show.
 */
const doneElsewhere: Record<string, Record<string, Doing>> = {
  "README.md": {
    "pip install meta-prefect": ["test/engine/wheel.test.ts", "installedByPip(await buildWheel("],
    "meta-prefect init": ["test/engine/tutorials.test.ts", "[lines, yaml, preview] = page.blocks"],
    "meta-prefect deploy": ["test/engine/tutorials.test.ts", "meta-prefect deploy --yes"],
    "comparing with what is deployed": ["test/engine/tutorials.test.ts", "compare(preview?.text"],
    "npm ci && npm run demo": ["test/engine/demo.test.ts", '"dist", "tools", "demo.js"'],
    "- running the flow once with x=1, y=2 ...": ["test/engine/demo.test.ts", 'new Page("README.md")'],
    "npm ci && npm test": [".ci/run", "npm test"],
  },
  "python/README.md": {
    "pip install meta-prefect": ["test/engine/wheel.test.ts", "installedByPip(await buildWheel("],
    "meta-prefect init": ["test/engine/wheel.test.ts", 'person.call("init")'],
    "meta-prefect deploy": ["test/engine/wheel.test.ts", 'person.call("deploy", "--yes")'],
    "meta-prefect run add-two-numbers-flow --param x=1 --param y=2 --watch": [
      "test/engine/wheel.test.ts",
      'person.call("run", "add-two-numbers-flow", "--param", "x=1", "--param", "y=2", "--watch")',
    ],
  },
  // for those who work on the package: they don't end, or record what is then kept
  "CONTRIBUTING.md": {
    "npm ci": [".ci/run", "npm ci"],
    "npm run watch": ["package.json", '"watch": "tsc -p . --watch'],
    "npm run test:watch": ["package.json", '"test:watch": "mocha --watch'],
    "git worktree add /tmp/earlier 917a106 && (cd /tmp/earlier && npm ci)": [
      "test/support/recordStates.ts",
      "checkout",
    ],
    "npm run build && node dist/test/support/recordStates.js 917a106 /tmp/earlier": [
      "test/support/recordStates.ts",
      "process.argv",
    ],
  },
  "docs/guides/decorators.md": {
    'deployment "nightly-prod": @kubernetes cpu 0.8, memory 1.5Gi; @dask 5 workers, as flows.py:complex_eks_dask_flow says':
      ["test/recipes/decorators.test.ts", 'new Page("docs/guides/decorators.md")'],
  },
  "docs/guides/reviews.md": Object.fromEntries(
    [
      "**etl/prod: 1 deployment changes, 1 runs at other times**",
      "**etl/prod: 2 deployments change, 1 deployment is deleted, 1 call is to be looked at**",
      "**etl/prod: 3 deployments change, 1 deployment is new**",
    ].map((line): [string, Doing] => [line, ["test/engine/reviews.test.ts", '"docs/guides/reviews.md"']]),
  ),
  "docs/guides/taking-over.md": {
    'work pool "etl" exists in Prefect and is taken over; this changes concurrencyLimit: 2 => 4': [
      "test/engine/objects.test.ts",
      'new Page("docs/guides/taking-over.md")',
    ],
  },
  "docs/guides/workers.md": {
    "meta-prefect worker status": ["test/engine/daily.test.ts", 'call("worker", "status")'],
    "meta-prefect worker restart": ["test/engine/worker.test.ts", 'metaPrefect(["worker", "restart"]'],
    "meta-prefect worker restart NAME": ["test/engine/daily.test.ts", 'call("worker", "restart", name, "--yes"'],
    "meta-prefect worker logs [NAME] --follow": ["test/engine/daily.test.ts", '"worker", "logs", name, "--follow"'],
    "meta-prefect worker install": ["test/engine/daily.test.ts", 'any("worker", "install", "--yes")'],
    "2026-11-24T20:54:25.000Z | meta-prefect | started by organization/flows/dev: a change of limit, after process 4711 had ended; not inherited: NPM_TOKEN, PULUMI_CONFIG_PASSPHRASE":
      ["test/engine/worker.test.ts", 'new Page("docs/guides/workers.md")'],
  },
  "docs/reference/command.md": {
    "meta-prefect init --from prefect.yaml": ["docs/guides/prefect-yaml.md", "meta-prefect init --from prefect.yaml"],
    ...Object.fromEntries(
      [
        'eval "$(meta-prefect completion bash)"',
        'eval "$(meta-prefect completion zsh)"',
        "meta-prefect completion fish | source",
      ].map((line): [string, Doing] => [line, ["test/cli/completion/scripts.test.ts", line]]),
    ),
    ...Object.fromEntries(
      [
        "export PULUMI_BACKEND_URL=s3://my-team-state",
        "export PULUMI_CONFIG_PASSPHRASE=...",
        "meta-prefect deploy --env prod --yes",
      ].map((line): [string, Doing] => [line, ["test/engine/guides.test.ts", "(block) => block === deploys"]]),
    ),
    ...Object.fromEntries(
      [
        "meta-prefect pulumi stack export --show-secrets --stack dev --file dev.json",
        'export PULUMI_BACKEND_URL=s3://my-team-state PULUMI_CONFIG_PASSPHRASE="$(cat .meta-prefect/passphrase)"',
        "meta-prefect pulumi stack init dev",
        "meta-prefect pulumi stack import --stack dev --file dev.json && rm dev.json",
      ].map((line): [string, Doing] => [line, ["test/engine/guides.test.ts", "(block) => block === moves"]]),
    ),
  },
  "docs/reference/connection.md": {
    "waiting for the Prefect server at http://127.0.0.1:4200/api: POST /flows/ came to ECONNREFUSED; until 14:03:20 at the latest (META_PREFECT__PATIENCE)":
      ["test/live/connection.test.ts", 'new Page("docs/reference/connection.md")'],
  },
  "docs/reference/yaml.md": {
    'meta_prefect.yaml:8:45: there is no "rule" in "schedule"; did you mean rrule? allowed are slug, cron, dayOr, ...':
      ["test/recipes/yaml/docs.test.ts", 'blocks("text")'],
    ...Object.fromEntries(
      [
        "meta-prefect init --typescript",
        "npm install",
        "rm meta_prefect.yaml",
        "meta-prefect preview --detailed-exitcode",
        'export PULUMI_BACKEND_URL="file://$PWD/.meta-prefect/state?metadata=skip"',
        'export PULUMI_CONFIG_PASSPHRASE_FILE="$PWD/.meta-prefect/passphrase"',
        "pulumi stack select dev",
      ].map((line): [string, Doing] => [line, ["test/engine/ownProgram.test.ts", "reader.follow(page"]]),
    ),
  },
  // folders of a bucket, which is no output
  "docs/reference/eks.md": {
    "results/<Prefect's key>               results of flows and tasks; deleted after 90 days": [
      "test/engine/eksDask.test.ts",
      "Key: `results/${",
    ],
  },
};

/** The second tutorial's settings of the compiler, where they are less strict than this package's. */
const asInTutorial = { noUncheckedIndexedAccess: false, noUnusedLocals: false };

/** Names that parts of programs use without saying what they are. */
const known = `
declare const config: pulumi.Config;
declare const deployments: face.RecipeDeployment[];
declare const pool: face.WorkPool;
`;

describe("the documentation", () => {
  it("has links that lead somewhere, from wherever it is read", () => {
    const wrong = pages.flatMap((page) =>
      page.links.filter((target) => !leadsSomewhere(page, target)).map((target) => `${page.file}: ${target}`),
    );
    assert.deepEqual(wrong, []);
    // npm's page of the package finds relative links by these
    const { repository } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
      repository: { url: string };
    };
    assert.equal(repository.url, "git+https://github.com/meta-prefect/meta-prefect.git");
  });

  it("is listed whole in its index", () => {
    const index = new Page("docs/README.md");
    const listed = new Set([
      ...index.links,
      ...new Page("docs/reference/README.md").links.map((to) => `reference/${to}`),
    ]);
    const missing = pages.map(({ file }) => file).filter((file) => file.startsWith("docs/") && file !== index.file);
    assert.deepEqual(
      missing.filter((file) => !listed.has(file.slice("docs/".length))),
      [],
    );
  });

  it("is wrapped at 120 columns, but for tables, code and what can't be broken", () => {
    const isLong = (line: string) =>
      line.length > 120 && !line.startsWith("|") && /\S\s+\S/.test(line.replace(/^[\s>*-]+|`[^`]*`/g, ""));
    const long = pages.flatMap(({ file, prose }) =>
      prose.split("\n").flatMap((line, index) => (isLong(line) ? [`${file}:${index + 1}`] : [])),
    );
    assert.deepEqual(long, []);
  });

  it("shows code in languages that are checked", () => {
    const languages = new Set(["ts", "sh", "text", "yaml", "json", "python", "console"]);
    assert.deepEqual(
      places(({ language }) => !languages.has(language)),
      [],
    );
    // what can't be run: there is no Terraform on the tests' machine
    assert.equal(places(({ language }) => language === "console").length, 1);
  });

  it("shows TypeScript that compiles", () => {
    const programs = new Map<string, string>();
    // test/tools/reference.test.ts has the examples of the pages that are written from the code; their types are parts of the code
    for (const page of pages.filter(({ file }) => !written.has(file))) {
      for (const block of page.blocks.filter(({ language }) => language === "ts")) {
        programs.set(placeOf(page, block).replaceAll(/[/:]/g, "-"), program(page, block));
      }
    }
    assert.ok(programs.size > 10);
    assert.deepEqual(problemsOf(programs, asInTutorial), []);
  });

  it("shows YAML and JSON in which nothing is wrong", () => {
    const folder = temporaryFolder();
    fs.mkdirSync(path.join(folder, "recipes"));
    fs.writeFileSync(path.join(folder, "recipes", "nightly.js"), nightly);
    const file = path.join(folder, "meta_prefect.yaml");
    for (const page of pages) {
      for (const block of page.blocks) {
        try {
          if (block.language === "json") JSON.parse(block.text);
          if (block.language !== "yaml") continue;
          if (block.file !== undefined && !block.file.startsWith("meta_prefect")) {
            assert.deepEqual(parseDocument(block.text).errors, []);
            continue;
          }
          fs.writeFileSync(file, whole(block.text));
          face.loadYaml(file);
        } catch (error) {
          assert.fail(`${placeOf(page, block)}: ${(error as Error).message}`);
        }
      }
    }
  });

  it("shows Python that compiles", () => {
    const blocks = pages.flatMap((page) => page.blocks.filter(({ language }) => language === "python"));
    assert.ok(blocks.length > 3);
    const script = "import json, sys; [compile(text, 'page', 'exec') for text in json.load(sys.stdin)]";
    execFileSync("python3", ["-c", script], { input: JSON.stringify(blocks.map(({ text }) => text)) });
  });

  it("has a test for each command that it shows, and for what is printed", () => {
    const folder = path.join(root, "test", "engine");
    const tests = fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), "utf8"));
    const isTyped = ({ file }: Page) => tests.some((text) => text.includes(`"${file}"`) && text.includes(".follow("));
    const untested = pages.flatMap((page) => {
      const done = doneElsewhere[page.file];
      const undone = done === undefined && isTyped(page) ? [] : saidBy(page).filter((line) => !done?.[line]);
      return undone.map((line) => `${page.file}: ${line}`);
    });
    assert.deepEqual(untested, []);
    for (const [file, done] of Object.entries(doneElsewhere)) {
      const said = saidBy(new Page(file));
      for (const [line, [place, text]] of Object.entries(done)) {
        assert.ok(said.includes(line), `${file} doesn't say any more: ${line}`);
        assert.ok(fs.readFileSync(path.join(root, place), "utf8").includes(text), `${place} hasn't any more: ${text}`);
      }
    }
  });
});

/** The lines of a page's shell, without comments, and the first one of each text. */
function saidBy({ blocks }: Page): string[] {
  return blocks.flatMap(({ language, text }) => {
    const lines = text.split("\n").map((line) => line.replace(/ +# .*$/, "").trim());
    return language === "sh" ? lines.filter((line) => line !== "") : language === "text" ? lines.slice(0, 1) : [];
  });
}

function leadsSomewhere(page: Page, target: string): boolean {
  const absolute = own.exec(target)?.[1];
  if (absolute === undefined && /^[a-z]+:/.test(target)) return true;
  // PyPI's page finds nothing by a relative link
  if (absolute === undefined && page.file.startsWith("python/")) return false;
  const [place = "", anchor] = (absolute ?? target).split("#");
  const from = absolute === undefined ? path.dirname(page.file) : "";
  const file = place === "" ? page.file : path.join(from, place);
  if (file.startsWith("..") || !fs.existsSync(path.join(root, file))) return false;
  return anchor === undefined || new Page(file).anchors.has(anchor);
}

function places(isMeant: (block: CodeBlock) => boolean): string[] {
  return pages.flatMap((page) => page.blocks.filter(isMeant).map((block) => placeOf(page, block)));
}

function placeOf({ file }: Page, { line }: CodeBlock): string {
  return `${file}:${line}`;
}

/** A block as a program of its own: what it doesn't import, or leaves out as known, is put before it. */
function program(page: Page, { text }: CodeBlock): string {
  const beside = new Map([...page.files].map(([file, shown]) => [path.basename(file, ".ts"), shown]));
  const inlined = text.replace(/^import .* from "\.\/(?:.*\/)?(\w+)";\n/gm, (line, name: string) => {
    const names = /\{(.*)\}/.exec(line)?.[1] ?? "";
    return beside.has(name)
      ? names
          .split(",")
          .map((one) => `declare const ${one.trim()}: any;\n`)
          .join("")
      : line;
  });
  const isGiven = (name: string) =>
    new RegExp(`import (type )?(\\* as )?(\\{[^}]*)?\\b${name}\\b[^;]*from`).test(text) ||
    text.includes(`class ${name} `);
  const isPart = !text.includes('from "meta-prefect"');
  const used = Object.keys(face).filter((name) => isPart && new RegExp(`\\b${name}\\b`).test(text) && !isGiven(name));
  return [
    'import type * as face from "meta-prefect";',
    ...(used.length > 0 ? [`import { ${used.join(", ")} } from "meta-prefect";`] : []),
    ...(isGiven("pulumi") ? [] : ['import * as pulumi from "@pulumi/pulumi";']),
    ...known.split("\n").filter((line) => {
      const name = /const (\w+)/.exec(line)?.[1];
      return name !== undefined && !text.includes(`const ${name} `);
    }),
    inlined,
    "void pulumi;",
  ].join("\n");
}

/** A block as a whole file: some show a part of one. */
function whole(block: string): string {
  const indented = (text: string) => text.replace(/^(?=.)/gm, "      ");
  if (block.startsWith("environments:")) return whole(`variables: { name: n }\n${block}`);
  if (block.startsWith("variables:")) return `deployments:\n  f:\n    - recipe: local_run_deployer\n${indented(block)}`;
  return block.startsWith("recipes:") ? `deployments: {}\n${block}` : block;
}

/** The module that files with a recipe of their own name. */
const nightly = `
const { Deployer, localCode } = require("meta-prefect");
exports.NightlyDeployer = class NightlyDeployer extends Deployer {};
`;
