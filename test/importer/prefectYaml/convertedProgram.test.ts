import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as vm from "node:vm";
import * as fc from "fast-check";
import * as ts from "typescript";
import { convertedProgram } from "../../../importer/prefectYaml/convertedProgram";
import type { Json } from "../../../provider/engine/kind";
import type { Converted } from "../../../recipes/prefectYaml/converted";
import { root } from "../../../tools/root";
import { temporaryFolder } from "../../support/environment";
import { arbitraryConverted } from "./arbitraryConverted";
import { convertedShapes, one } from "./convertedShapes";

const values: Record<string, string> = { token: "secret-token", "acme:region": "eu" };
const pulumi = {
  RunError: class extends Error {},
  Config: class {
    constructor(private readonly namespace?: string) {}
    require(key: string) {
      return values[this.namespace === undefined ? key : `${this.namespace}:${key}`];
    }
    requireSecret(key: string) {
      return { toString: () => `output of ${this.require(key)}` };
    }
  },
  interpolate: (texts: TemplateStringsArray, ...parts: unknown[]) =>
    `interpolated ${String.raw({ raw: texts }, ...parts)}`,
};

/** The arguments that the program gives its deployer, with the folder that it changes into. */
function evaluated(program: string, env: Record<string, string> = {}): { deployments: Json[]; folder?: string } {
  const { outputText, diagnostics } = ts.transpileModule(program, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true },
  });
  assert.deepEqual(diagnostics, [], program);
  let made: Json[] = [];
  let folder: string | undefined;
  class PlainDeployer {
    constructor(name: string, { deployments }: { deployments: Json[] }) {
      assert.equal(name, "plain_deployer");
      made = deployments;
    }
  }
  const modules: Record<string, unknown> = {
    "meta-prefect": { PlainDeployer },
    "@pulumi/pulumi": pulumi,
    "node:path": path,
  };
  const run = vm.compileFunction(outputText, ["require", "exports", "process", "__dirname"]) as (
    ...given: unknown[]
  ) => void;
  run((name: string) => modules[name], {}, { env, chdir: (to: string) => (folder = to) }, "/srv/program");
  return { deployments: made, ...(folder !== undefined && { folder }) };
}

/** What it has to give; a text has nothing filled in. */
function asked({ deployments }: Converted): Json[] {
  return deployments.map(({ deployment: { schedules, ...rest } }) =>
    verbatim({ ...rest, ...(schedules && (schedules.length === 1 ? { schedule: schedules[0] } : { schedules })) }),
  ) as Json[];
}

function verbatim(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("$${", "${");
  if (Array.isArray(value)) return value.map(verbatim);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, verbatim(part)]));
}

const withTemplates: Converted = {
  head: [" of the team"],
  deployments: [
    one(
      "load",
      {
        name: "load",
        entrypoint: "load.py:load",
        tags: ["${env:STAGE}", "for `${env:STAGE}` $${x}"],
        description: "in ${config:acme:region}",
        jobVariables: { env: { TOKEN: "${config:token}", AUTH: "Bearer ${config:token}`" } },
      },
      { comments: { "": [" nightly"], tags: [" for the UI"], env: ["of nothing\u2028process.exit(1)"] } },
    ),
  ],
  notes: [],
  secrets: ["token"],
};

describe("what a prefect.yaml becomes, as a program", () => {
  it("fills in what the environment and the stack's configuration have, secrets as outputs", () => {
    const program = convertedProgram(withTemplates);
    assert.deepEqual(
      evaluated(program, { STAGE: "prod" }).deployments.map((one) => verbatimTexts(one)),
      [
        {
          name: "load",
          entrypoint: "load.py:load",
          tags: ["prod", "for `prod` ${x}"],
          description: "in eu",
          jobVariables: {
            env: { TOKEN: "output of secret-token", AUTH: "interpolated Bearer output of secret-token`" },
          },
        },
      ],
    );
    assert.throws(() => evaluated(program), /^Error: the environment has no variable STAGE; set it$/);
    assert.equal(
      program,
      [
        "// of the team",
        "",
        'import * as pulumi from "@pulumi/pulumi";',
        'import { PlainDeployer } from "meta-prefect";',
        "",
        "const config = new pulumi.Config();",
        "",
        "/** A variable of the environment, without which nothing is deployed. */",
        "function environment(name: string): string {",
        "  const value = process.env[name];",
        "  if (value === undefined) throw new pulumi.RunError(`the environment has no variable ${name}; set it`);",
        "  return value;",
        "}",
        "",
        'const deployer = new PlainDeployer("plain_deployer", {',
        "  deployments: [",
        "    // nightly",
        "    // of nothing\\u2028process.exit(1)",
        "    {",
        '      name: "load",',
        '      entrypoint: "load.py:load",',
        '      description: `in ${new pulumi.Config("acme").require("region")}`,',
        "      // for the UI",
        '      tags: [environment("STAGE"), `for \\`${environment("STAGE")}\\` \\${x}`],',
        "      jobVariables: {",
        "        env: {",
        '          TOKEN: config.requireSecret("token"),',
        '          AUTH: pulumi.interpolate`Bearer ${config.requireSecret("token")}\\``',
        "        }",
        "      },",
        "    },",
        "  ],",
        "});",
        "export const deployed = deployer.deployed;",
        "export const schedules = deployer.schedules;",
        "",
      ].join("\n"),
    );
  });

  it("gives the same deployments, whatever they hold", () => {
    fc.assert(
      fc.property(arbitraryConverted, (given) => {
        assert.deepEqual(evaluated(convertedProgram(given)).deployments.map(samePrototypes), asked(given));
      }),
      { numRuns: 100 },
    );
  });

  it("works in the folder that entrypoints are relative to", () => {
    const program = convertedProgram({ head: [], notes: [], deployments: [] }, '../a "b"');
    assert.deepEqual(evaluated(program), { deployments: [], folder: '/srv/a "b"' });
  });

  it("refuses what can't be filled in", () => {
    const deployments = [one("f", { name: "${x}", entrypoint: "x.py:x" })];
    assert.throws(
      () => convertedProgram({ head: [], notes: [], deployments }),
      /"\$\{x\}" can't be filled in; did you mean/,
    );
  });

  it("is right by its types", () => {
    const folder = temporaryFolder();
    fs.symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    const all = { ...convertedShapes, withTemplates };
    const files = Object.entries(all).map(([name, given]) => {
      const file = path.join(folder, `${name}.ts`);
      fs.writeFileSync(file, convertedProgram(given, ".."));
      return file;
    });
    assert.deepEqual(problemsOf(files), []);
  });
});

/** Texts that stand for outputs, as texts. */
function verbatimTexts(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (isOutput(part) ? String(part) : part)));
}

function isOutput(part: unknown): boolean {
  return typeof part === "object" && part !== null && Object.hasOwn(part, "toString");
}

/** Objects of another realm as this one's. */
function samePrototypes(value: Json): Json {
  return structuredClone(value);
}

/** What the compiler says of programs that use this package. */
function problemsOf(files: string[]): string[] {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), (name) => ts.sys.readFile(name)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(files, {
    ...options,
    noEmit: true,
    rootDir: "/",
    typeRoots: [path.join(root, "node_modules/@types")],
  });
  return files
    .map((file) => program.getSourceFile(file))
    .flatMap((source) => [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)])
    .map(
      ({ messageText, file, start }) =>
        `${file?.fileName}:${start}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
}
