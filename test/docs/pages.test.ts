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

/** Which tests run the commands of a page that no test types word for word, and print what it shows. */
const runElsewhere: Record<string, string[]> = {
  "README.md": ["test/engine/tutorials.test.ts", "test/engine/demo.test.ts", ".ci/run"],
  "python/README.md": ["test/engine/wheel.test.ts"],
  // for those who work on the package: they don't end, or are what CI does
  "CONTRIBUTING.md": [".ci/run", "test/support/recordStates.ts"],
  "docs/explanation/interruptions.md": ["test/engine/crash.test.ts", "test/support/crashed.ts"],
  "docs/guides/decorators.md": ["test/live/decorators.test.ts"],
  "docs/guides/moving.md": ["test/engine/objects.test.ts"],
  "docs/guides/reviews.md": ["test/engine/reviews.test.ts"],
  "docs/guides/taking-over.md": ["test/engine/objects.test.ts"],
  "docs/guides/workers.md": ["test/engine/daily.test.ts", "test/engine/worker.test.ts", "test/live/worker.test.ts"],
  "docs/reference/command.md": ["test/engine/guides.test.ts", "test/cli/completion/scripts.test.ts"],
  "docs/reference/connection.md": ["test/provider/api/transport.test.ts"],
  "docs/reference/yaml.md": ["test/recipes/yaml/docs.test.ts", "test/engine/ownProgram.test.ts"],
  // folders of a bucket, which is no output
  "docs/reference/eks.md": ["test/engine/eksDask.test.ts"],
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
  }).timeout(60_000);

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

  it("has a test for each command that it shows", () => {
    const folder = path.join(root, "test", "engine");
    const typing = fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), "utf8"));
    for (const page of pages.filter(({ blocks }) => blocks.some(({ language }) => /^(sh|text)$/.test(language)))) {
      const tests = runElsewhere[page.file];
      for (const test of tests ?? []) assert.ok(fs.existsSync(path.join(root, test)), test);
      const isTyped = typing.some((text) => text.includes(`"${page.file}"`));
      assert.ok(tests !== undefined || isTyped, `${page.file} has commands, and no test types them`);
    }
  });
});

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
