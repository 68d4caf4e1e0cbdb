import * as fs from "node:fs";
import * as path from "node:path";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { type EksWorld, startEksWorld } from "./eksWorld";
import { mochaGlobalTeardown, mochaHooks } from "./environment";
import { PulumiProject } from "./pulumiProject";
import { folderOf, placeholders, programs, type RecordedProgram } from "./recordedStates";

/**
 * Records what a build makes of a program in `test/states/<build>`: it is deployed to a real server, its state is stored beside it, and it
 * is destroyed again. See CONTRIBUTING.md.
 *
 * @param checkout where that build is, compiled
 */
async function record(checkout: string, program: RecordedProgram): Promise<void> {
  const { name, packages } = program;
  const folder = folderOf(program);
  const project = await PulumiProject.copied(folder, packages, checkout);
  // a worker's log lies where the state can say so for every machine
  Object.assign(project.env, { PULUMI_CONFIG_PASSPHRASE: "", XDG_STATE_HOME: path.join(project.folder, ".state") });
  const world = packages.includes("@pulumi/aws") ? await startEksWorld() : undefined;
  try {
    if (world) await enter(world, project);
    await project.up();
    const changes = await project.preview();
    if (changes.length > 0) throw new Error(`${name} isn't at rest: ${JSON.stringify(changes)}`);
    const state = Object.entries(placeholders(project)).reduce(
      (text, [placeholder, value]) => text.replaceAll(value, placeholder),
      withoutPositions(await project.pulumi("stack", "export")),
    );
    fs.writeFileSync(path.join(folder, "state.json"), `${state}\n`);
    fs.copyFileSync(path.join(project.folder, "Pulumi.dev.yaml"), path.join(folder, "Pulumi.dev.yaml"));
  } finally {
    try {
      await project.destroy();
    } finally {
      await world?.stop();
    }
  }
}

/** The state without the lines of code at which resources were made, which only tell where the build was. */
function withoutPositions(state: string): string {
  const noted = ["sourcePosition", "stackTrace"];
  return JSON.stringify(JSON.parse(state), (key, value: unknown) => (noted.includes(key) ? undefined : value), 4);
}

/** Lets a project find the cloud, and tells it the subnets there. */
async function enter(world: EksWorld, project: PulumiProject): Promise<void> {
  const { PATH_FIRST = "", ...env } = world.env;
  Object.assign(project.env, env, { PATH: [PATH_FIRST, project.env.PATH].join(path.delimiter) });
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = env;
  const credentials = { accessKeyId, secretAccessKey };
  const ec2 = new EC2Client({ endpoint: world.moto.url, region: world.moto.environment.AWS_REGION, credentials });
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const ids = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId as string);
  await project.pulumi("config", "set", "subnetIds", JSON.stringify(ids));
}

async function main([build, checkout, ...names]: string[]): Promise<void> {
  if (build === undefined || checkout === undefined) {
    throw new Error("usage: node dist/test/support/recordStates.js <build> <its checkout> [<program> ...]");
  }
  for (const program of programs) {
    if (program.build !== build || (names.length > 0 && !names.includes(program.name))) continue;
    console.log(`recording ${program.name} ...`);
    await record(path.resolve(checkout), program);
  }
}

mochaHooks.beforeAll();
main(process.argv.slice(2))
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => mochaGlobalTeardown());
