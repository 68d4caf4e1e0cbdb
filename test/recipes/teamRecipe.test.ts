import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { deployFromYaml } from "../../index";
import { root } from "../../tools/root";
import { temporaryFolder } from "../support/environment";
import { registeredIn } from "../support/registered";

const nightly = fs.readFileSync(path.join(root, "test", "recipes", "nightlyDeployer.ts"), "utf8");
const javaScript = `const { Deployer, localCode, metadata } = require("meta-prefect");
const pulumi = require("@pulumi/pulumi");
require("@pulumi/pulumi/runtime");
exports.NightlyDeployer = class extends Deployer {
  constructor(name, args, opts) {
    if (!pulumi.RunError) throw new Error("another Pulumi");
    super("acme:recipes:NightlyDeployer", name, args, [localCode(), metadata()], opts);
  }
};`;
const esModule = `import { Deployer, localCode } from "meta-prefect";
export default class Other extends Deployer {
  constructor(name, args) { super("acme:recipes:Other", name, args, [localCode()]); }
}`;
const yaml = (module: string, more = "") => `deployments:
  sums:
    - recipe: nightly_deployer
      variables: { name: n, entrypoint: "flows.py:sums", parameterOpenapiSchema: {}, urgent_level: 3 }
recipes:
  nightly_deployer:
    module: ${module}
    retries: 3
${more}`;

/** What a program registers whose recipe is in these files, in a folder without any node_modules; or why it can't. */
async function deploy(files: Record<string, string>, module = "./recipes/nightly", more?: string) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries({ ...files, "meta_prefect.yaml": yaml(module, more) })) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  let said = "";
  const program = () => {
    try {
      deployFromYaml();
    } catch (error) {
      assert.ok(pulumi.RunError.isInstance(error), String((error as Error).stack));
      said = error.message;
    }
  };
  return { resources: await registeredIn(folder, program), said };
}

describe("a team's own recipe", () => {
  let before: string | undefined;
  // what is compiled is kept there
  beforeEach(() => {
    before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = temporaryFolder();
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });

  const modules: [string, Record<string, string>, string?][] = [
    ["in TypeScript", { "recipes/nightly.ts": nightly }],
    ["by its whole path", { "recipes/nightly.ts": nightly }, "recipes/nightly.ts"],
    ["in JavaScript", { "recipes/nightly.js": javaScript }],
    ["in an ES module", { "recipes/nightly.mjs": esModule }],
    ["in a folder", { "recipes/nightly/index.ts": nightly }],
    ["beside other modules", { "recipes/nightly.ts": 'export * from "./other";', "recipes/other.ts": nightly }],
    ["as what a module is", { "recipes/nightly.cjs": javaScript.replace("exports.NightlyDeployer", "module.exports") }],
  ];
  for (const [what, files, module] of modules) {
    it(`is found ${what}, and made from the running copy of this package`, async () => {
      const { resources, said } = await deploy(files, module);
      assert.equal(said, "");
      assert.ok(resources.some(({ type, name }) => type.startsWith("acme:") && name === "nightly_deployer"));
      assert.equal(resources.find(({ type }) => type === "Deployment")?.name, "nightly_deployer-sums/n");
    });
  }

  it("has at most 30 lines", () => assert.ok(nightly.trim().split("\n").length <= 30));

  it("gets its arguments in camelCase at the top, and as they are below; what is a deployment's alone it may take", async () => {
    const telling = `const { Deployer, localCode } = require("meta-prefect");
exports.NightlyDeployer = class extends Deployer {
  constructor(name, { deployments, ...args }) {
    super("acme:recipes:Nightly", name, { deployments }, [localCode(), { build: ({ urgentLevel, ...plan }) => ({ ...plan, description: JSON.stringify([args, urgentLevel]) }) }]);
  }
};`;
    const { resources } = await deploy(
      { "recipes/nightly.js": telling },
      undefined,
      "    some_more: { left_as: it_is }\n",
    );
    const { inputs, failures } = resources.find(({ type }) => type === "Deployment") ?? {};
    assert.deepEqual(JSON.parse(inputs?.description as string), [{ retries: 3, someMore: { left_as: "it_is" } }, 3]);
    assert.equal(failures, undefined);
  });

  const wrong: [string, string, RegExp][] = [
    [
      "that throws",
      'throw new Error("no luck")',
      /^meta_prefect\.yaml:7:13: recipe "nightly_deployer": \.\/recipes\/nightly can't be loaded: no luck\n {6}module: \.\/recipes\/nightly\n {14}\^$/,
    ],
    [
      "that is no TypeScript",
      "export class {",
      /^meta_prefect\.yaml:7:13: recipe "nightly_deployer": .* can't be loaded: .*nightly\.ts/,
    ],
    [
      "that needs what isn't there",
      'import "nowhere";',
      /^meta_prefect\.yaml:7:13: .* can't be loaded: Cannot find module 'nowhere'/,
    ],
    [
      "with another class",
      nightly.replace("class NightlyDeployer", "class WeeklyDeployer"),
      /^meta_prefect\.yaml:7:13: .* exports no class that is called nightly_deployer in snake_case, and no default; it exports WeeklyDeployer\n/,
    ],
    ["with nothing", "", /it exports nothing\n/],
    [
      "with a class that is no deployer",
      "export class NightlyDeployer {}",
      /exports no recipe: NightlyDeployer must be a class that extends Deployer of meta-prefect\n/,
    ],
    [
      "with a default that is no class",
      "export default 7;",
      /exports no recipe: nightly_deployer must be a class that extends Deployer/,
    ],
    [
      "with a constructor that throws",
      nightly.replace("checkArguments(", "(undefined as any).x; checkArguments("),
      /^meta_prefect\.yaml:6:3: recipe "nightly_deployer" failed: TypeError: Cannot read properties of undefined \(reading 'x'\) \(at .*nightly\.ts:\d+:\d+\)/,
    ],
    [
      "with an argument that is wrong",
      nightly.replace("rules.natural", "rules.flag"),
      /^meta_prefect\.yaml:8:14: NightlyDeployer "nightly_deployer": retries: must be true or false, not 3/,
    ],
  ];
  for (const [what, text, message] of wrong) {
    it(`${what} is said in one message, at its line`, async () => {
      const { resources, said } = await deploy({ "recipes/nightly.ts": text });
      assert.deepEqual(resources, []);
      assert.match(said, message);
    });
  }
});
