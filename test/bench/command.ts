import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../tools/run";
import { metaPrefect } from "../support/command";
import { temporaryFolder, testEnvironment } from "../support/environment";
import { PulumiProject } from "../support/pulumiProject";
import { compare, seconds } from "./compare";

const many = 200;
/** How many flows a file has. */
export const perFile = 10;

/** What commands themselves add to the Pulumi commands that they run, on a stack in which nothing changes. */
export async function ownShares(): Promise<void> {
  const { folder, env, call } = await folderOfFlows("share", 2);
  await call("deploy", "--yes");
  const own = path.join(folder, ".meta-prefect");
  const variables = {
    ...env,
    PULUMI_STACK: "dev",
    PULUMI_BACKEND_URL: `file://${own}/state?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: path.join(own, "passphrase"),
  };
  const pulumi = (...words: string[]) =>
    run("pulumi", [...words, "--non-interactive"], { cwd: folder, env: variables });
  const ours = (command: string) => () => seconds(() => call(command));
  const previewed = () => seconds(() => pulumi("preview", "--json", "--show-sames"));
  await compare(
    "meta-prefect preview, nothing changed, against the Pulumi command it runs",
    ours("preview"),
    previewed,
  );
  const read = () => Promise.all([pulumi("stack", "export"), pulumi("config", "--json", "--show-secrets")]);
  await compare("meta-prefect list against the Pulumi commands it runs", ours("list"), () => seconds(read));
  const asked = () =>
    Promise.all([
      pulumi("version"),
      read(),
      run(env.META_PREFECT__PYTHON ?? "", ["-I", "-c", "import importlib.metadata"]),
    ]);
  await compare("meta-prefect doctor against the programs it runs", ours("doctor"), () => seconds(asked));
  const completed = () => seconds(() => call("completion", "words", "--", "run", ""));
  await compare("completion of a flow's name against an empty program of Node.js", completed, () =>
    seconds(() => run(process.execPath, ["--eval", ""])),
  );
  await call("destroy", "--yes");
}

/**
 * A first deploy of many deployments by YAML and by the same program in TypeScript, in turn. Without schedules, since a server on SQLite that
 * schedules many runs at that moment may stand still for a minute, whoever asks.
 */
export async function yamlAgainstTypeScript(): Promise<void> {
  let round = 0;
  const byYaml = async () => {
    round += 1;
    const { call } = await folderOfFlows(`yaml-${process.pid}-${round}`, many);
    await call("preview");
    const taken = await seconds(() => call("pulumi", "up", "--yes", "--skip-preview", "--non-interactive"));
    await call("destroy", "--yes");
    return taken;
  };
  const byTypeScript = async () => {
    const { folder } = await folderOfFlows(`typescript-${process.pid}-${round}`, many);
    fs.rmSync(path.join(folder, "meta_prefect.yaml"));
    const id = `typescript-${process.pid}-${round}`;
    const program = `
      import { LocalRunDeployer } from "meta-prefect";
      const deployments = Array.from({ length: ${many} }, (_, i) => ({
        name: "${id}",
        entrypoint: \`flows_\${Math.floor(i / ${perFile})}.py:flow_\${i}\`,
        path: ".",
      }));
      new LocalRunDeployer("local", { deployments });
    `;
    fs.writeFileSync(path.join(folder, "index.ts"), program);
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), JSON.stringify({ name: "bench", runtime: "nodejs" }));
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ main: "index.ts" }));
    const compilerOptions = { noCheck: true, module: "nodenext", target: "es2022", skipLibCheck: true };
    fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    const project = await PulumiProject.installed(folder);
    await project.pulumi("preview");
    const taken = await seconds(() => project.up());
    await project.destroy();
    return taken;
  };
  await compare(
    `a first deploy of ${many} deployments by YAML, against the same in TypeScript`,
    byYaml,
    byTypeScript,
    1,
  );
}

/** A folder with flows, and a YAML that deploys each. */
export async function folderOfFlows(id: string, count: number) {
  const folder = temporaryFolder();
  const { PULUMI_CONFIG_PASSPHRASE: _, ...env } = await testEnvironment();
  const numbers = Array.from({ length: count }, (_, i) => i);
  for (let file = 0; file * perFile < count; file += 1) {
    const flows = numbers.slice(file * perFile, (file + 1) * perFile);
    const text = flows.map((i) => `@flow(name="${id}-${i}")\ndef flow_${i}(x: int = ${i}): ...\n`);
    fs.writeFileSync(path.join(folder, `flows_${file}.py`), `from prefect import flow\n\n${text.join("\n")}`);
  }
  const deployments = numbers.map(
    (i) => `  ${id}-${i}:\n    - recipe: local_run_deployer\n      variables: { name: ${id} }\n`,
  );
  fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), `name: bench\ndeployments:\n${deployments.join("")}`);
  const call = async (...words: string[]) => {
    const { code, said, printed } = await metaPrefect(words, { cwd: folder, env });
    if (code !== 0) throw new Error(`${words.join(" ")}: ${said}\n${printed}`);
  };
  return { folder, env, call };
}
