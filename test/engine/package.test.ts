import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { providerText } from "../../provider/program/resource";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
import { temporaryFolder } from "../support/environment";
import { PulumiProject } from "../support/pulumiProject";

describe("the package, installed from `npm pack` outside the repository", () => {
  it("deploys a program in TypeScript, with an empty second preview and the same provider text", async () => {
    const folder = temporaryFolder();
    const [packed] = JSON.parse(
      await run("npm", ["pack", "--json", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: root }),
    ) as { filename: string; files: { path: string }[] }[];
    const files = packed?.files.map((file) => file.path) ?? [];
    assert.ok(
      files.includes("provider/program/flows/flow_facts.py") && !files.some((file) => /test|tools|examples/.test(file)),
      files.join("\n"),
    );

    assert.deepEqual(
      files.filter((file) => file.startsWith("python/")),
      ["python/meta_prefect/__init__.py", "python/meta_prefect/_decorators.py"],
    );

    const app = path.join(folder, "app");
    fs.mkdirSync(path.join(app, "flows"), { recursive: true });
    fs.writeFileSync(path.join(app, "package.json"), JSON.stringify({ name: "app", private: true, main: "index.ts" }));
    fs.writeFileSync(
      path.join(app, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { strict: true, target: "es2022", module: "nodenext", skipLibCheck: true } }),
    );
    fs.writeFileSync(path.join(app, "Pulumi.yaml"), "name: app\nruntime: nodejs\n");
    fs.writeFileSync(
      path.join(app, "flows", "flows.py"),
      'from meta_prefect import tags_resolver\nfrom prefect import flow\n@tags_resolver("said")\n@flow\ndef outside(x: int = 1): ...\n',
    );
    fs.writeFileSync(
      path.join(app, "index.ts"),
      `import { LocalRunDeployer } from "meta-prefect";
       const deployer = new LocalRunDeployer("local", { deployments: [{ name: "packed", entrypoint: "flows.py:outside", path: "flows" }] });
       export const pool = deployer.workPool?.name;`,
    );
    const archive = path.join(folder, packed?.filename ?? "");
    await run("npm", ["install", "--silent", "--no-audit", "--no-fund", archive, "typescript@5.9"], { cwd: app });

    await hasNothingOfEks(app);

    const project = await PulumiProject.at(app, undefined);
    // the Python there hasn't got the package of the decorators, which is read nonetheless
    assert.match(await project.up(), /import meta_prefect, which \S+ hasn't got, .*-m pip install meta-prefect/);
    try {
      await project.pulumi("preview", "--expect-no-changes");
      await project.pulumi("preview", "--refresh", "--expect-no-changes");
      assert.equal(
        (await project.resources()).get("local-outside/packed")?.inputs.__provider,
        providerText("Deployment"),
      );
      assert.deepEqual((await project.resources()).get("local-outside/packed")?.inputs.tags, ["said", "env=dev"]);
      await run("npx", ["meta-prefect", "import", "--out", "taken", "--flow", "outside"], {
        cwd: app,
        env: project.env,
      });
      const taken = fs.readFileSync(path.join(app, "taken", "index.ts"), "utf8");
      for (const part of [
        /new Deployment\("packed-dev", \{/,
        /new Flow\("outside"/,
        /new WorkPool\("local-process-work-pool-/,
      ]) {
        assert.match(taken, part);
      }
    } finally {
      await project.destroy();
    }
  });
});

/** What only EKS needs is neither installed nor loaded nor missed, until a program asks for EKS. */
async function hasNothingOfEks(app: string): Promise<void> {
  for (const name of ["@pulumi/aws", "@pulumi/kubernetes", "@kubernetes/client-node"]) {
    assert.ok(!fs.existsSync(path.join(app, "node_modules", name)), name);
  }
  await run("npx", ["tsc", "--noEmit", "-p", ".", "--skipLibCheck", "false"], { cwd: app });
  const loaded = `require("meta-prefect");
    console.log(Object.keys(require.cache).filter((file) => /@pulumi.(aws|kubernetes)|client-node/.test(file)).length)`;
  assert.equal((await run("node", ["-e", loaded], { cwd: app })).trim(), "0");
  const program = `const { EksDaskDeployer } = require("meta-prefect");
    try { new EksDaskDeployer("prod", { deployments: [] }); } catch (error) { console.log(error.message); }`;
  assert.match(
    await run("node", ["-e", program], { cwd: app }),
    /^EksDaskDeployer "prod" needs packages that aren't installed; run: npm install @pulumi\/aws @pulumi\/kubernetes @kubernetes\/client-node$/m,
  );
}
