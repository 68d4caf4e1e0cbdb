import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { until } from "../../processes/until";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
import { prefectClient, temporaryFolder } from "../support/environment";
import { Page } from "../support/page";
import { PulumiProject } from "../support/pulumiProject";

describe("the third tutorial, as it is written,", () => {
  const { files } = new Page("docs/tutorials/3-recipe.md");
  const program = new Page("docs/tutorials/2-typescript.md").files;
  const shown = (name: string) => files.get(name) ?? assert.fail(`the page shows no ${name}`);
  let project: PulumiProject;

  before(async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "team", main: "index.ts" }));
    for (const name of ["Pulumi.yaml", "tsconfig.json"]) {
      fs.writeFileSync(path.join(folder, name), program.get(name) ?? assert.fail(name));
    }
    project = await PulumiProject.installed(folder);
    for (const name of ["flows/flows.py", "recipes/nightly.ts", "recipes/described.ts", "index.ts"]) {
      project.write(name, shown(name));
    }
  });
  after(() => project.destroy());

  const typeCheck = () =>
    run(path.join(root, "node_modules", ".bin", "tsc"), ["-p", ".", "--noEmit", "--noCheck", "false"], {
      cwd: project.folder,
    });

  it("makes a recipe of at most 30 lines, which deploys from TypeScript", async () => {
    assert.ok(shown("recipes/nightly.ts").trimEnd().split("\n").length <= 30);
    await typeCheck();
    await project.up();
    await project.pulumi("preview", "--expect-no-changes");
    const client = await prefectClient();
    const deployed = async (name: string) => {
      const found = await client.find<{
        schedules: { schedule: { cron: string } }[];
        job_variables: { env: object };
        work_pool_name: string;
        description: string;
      }>(`/deployments/name/report/${name}`);
      return found && [found.schedules.map(({ schedule }) => schedule.cron), found.job_variables, found.work_pool_name];
    };
    const variables = { env: { PREFECT_FLOWS_DEFAULT_RETRIES: "3", META_PREFECT__ENV: "dev" } };
    assert.deepEqual(await deployed("nightly-dev"), [["0 2 * * *"], variables, "nightly"]);
    assert.deepEqual(await deployed("weekly-dev"), [["0 8 * * 1"], variables, "nightly"]);
  });

  it("has a flow that fails run again", async () => {
    const flows = shown("flows/flows.py");
    const failingOnce = `
    from pathlib import Path
    tried = Path(__file__).with_name("tried")
    if not tried.exists():
        tried.touch()
        raise ValueError("the first try")`;
    project.write("flows/flows.py", flows.replace(/\n {4}print\(/, `${failingOnce}$&`));
    try {
      const client = await prefectClient();
      const deployment = await client.find<{ id: string }>("/deployments/name/report/nightly-dev");
      const { id } = await client.post<{ id: string }>(`/deployments/${deployment?.id}/create_flow_run`, {});
      const ended = async () => {
        const run = await client.find<{ state_type: string; run_count: number }>(`/flow_runs/${id}`);
        return run && /COMPLETED|FAILED|CRASHED/.test(run.state_type) ? run : undefined;
      };
      const run = await until(ended, { every: 250, patience: 90_000 });
      assert.deepEqual([run?.state_type, run?.run_count], ["COMPLETED", 2]);
    } finally {
      project.write("flows/flows.py", flows);
    }
  });

  it("deploys the same from YAML", async () => {
    project.write("meta_prefect.yaml", shown("meta_prefect.yaml"));
    project.write("index.ts", shown("index.ts, with that file"));
    await typeCheck();
    await project.pulumi("preview", "--expect-no-changes");
  });

  it("shows what a builder finds wrong, on the argument", async () => {
    project.write("flows/flows.py", shown("flows/flows.py").replace(/ {4}""".*"""\n/, ""));
    const said = await project.failure("preview");
    assert.match(
      said,
      /description.* flow "report" has no docstring; write one, or give the deployment a description/s,
    );
  });
});
