import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { MockCallArgs } from "@pulumi/pulumi/runtime";
import type { ownClusterRunner } from "../../../components/eks/dask/daskSpec";
import { EksDaskDeployer, type EksDaskDeployerArgs, type RecipeDeployment } from "../../../index";
import { temporaryFolder } from "../environment";
import { type Json, type Registered, registeredIn } from "../registered";

export const byHand = { parameterOpenapiSchema: { type: "object", properties: {} } };
export const nightly: RecipeDeployment = { name: "nightly", entrypoint: "flows.py:my_flow", path: "flows", ...byHand };
export const apiUrl = "https://prefect.example.com/api";
const configured = { "aws:region": "eu-central-1", "prefect:apiUrl": apiUrl };

/** A folder with a program's flows, made once: what a run fetches is the same in all tests. */
export let programFolder: string;

/** The functions of AWS, for an account with a default VPC and clusters of any name. */
function call({ token, inputs }: MockCallArgs): Json {
  const answers: Record<string, Json> = {
    "aws:ec2/getVpc:getVpc": { id: "vpc-1" },
    "aws:index/getAvailabilityZones:getAvailabilityZones": { zoneIds: ["euc1-az1", "euc1-az2"] },
    "aws:ec2/getSubnets:getSubnets": { ids: ["subnet-1", "subnet-2"] },
    "aws:eks/getCluster:getCluster": {
      endpoint: `https://${(inputs as { name: string }).name}`,
      certificateAuthorities: [{ data: "dGhlaXJz" }],
    },
  };
  return answers[token] ?? assert.fail(`${token} ${JSON.stringify(inputs)}`);
}

/** What AWS and Kubernetes add to what is made. */
function outputs({ type, name, inputs }: Registered): Json {
  if (type === "aws:s3/bucket:Bucket") {
    const bucket = (inputs.bucket as string | undefined) ?? `${name}-1234`;
    return { bucket, arn: `arn:aws:s3:::${bucket}` };
  }
  if (type === "aws:eks/cluster:Cluster")
    return { endpoint: "https://ours", certificateAuthority: { data: "b3Vycw==" } };
  if (type === "aws:iam/role:Role") return { name: `${name}-role` };
  if (type === "aws:kms/key:Key") return { keyId: `${name}-key` };
  return type === "kubernetes:core/v1:Secret"
    ? { metadata: { ...(inputs.metadata as Json), resourceVersion: "7" } }
    : {};
}

export const registered = (
  program: () => unknown,
  configuration: Record<string, string> = {},
  folder: string = programFolder,
) => registeredIn(folder, program, { configuration: { ...configured, ...configuration }, call, outputs });
export const deployer = (
  args: Partial<EksDaskDeployerArgs> = {},
  name = "prod",
  opts?: pulumi.ComponentResourceOptions,
) => new EksDaskDeployer(name, { deployments: [nightly], ...args }, opts);
export const deploy = (args: Partial<EksDaskDeployerArgs> = {}, configuration?: Record<string, string>) =>
  registered(() => deployer(args), configuration);
/** The program's deployment with arguments of its own. */
export const deployed = async (own: Partial<RecipeDeployment> = {}, args: Partial<EksDaskDeployerArgs> = {}) =>
  only("Deployment", await deploy({ deployments: [{ ...nightly, ...own }], ...args }));

/** The resources of a type: Prefect's by their kind, others by the end of their type, from a colon or slash on. */
export const all = (type: string, resources: Registered[]) =>
  resources.filter((one) => one.type === type || (/[:/]/.test(type) && one.type.endsWith(type)));
export const count = (type: string, resources: Registered[]) => all(type, resources).length;
export function only(type: string, resources: Registered[]): Registered {
  const [found, ...others] = all(type, resources);
  assert.ok(found && others.length === 0, `${type}: ${count(type, resources)}`);
  return found;
}
export const variables = ({ inputs }: Registered) => inputs.jobVariables as Json & { env: Record<string, string> };
export const runner = (deployment: Registered) =>
  JSON.parse(variables(deployment).env.META_PREFECT__DASK ?? "{}") as ReturnType<typeof ownClusterRunner>;
export const replicas = (dask: Json) =>
  (dask as { cluster_kwargs: { custom_cluster_spec: { spec: { worker: { replicas: number } } } } }).cluster_kwargs
    .custom_cluster_spec.spec.worker.replicas;

/** Gives each test of a `describe` a program's folder, and nothing that the person who runs the tests has set. */
export function aloneInEachTest(): void {
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
    for (const key of Object.keys(process.env)) if (/^(PREFECT|AWS|META_PREFECT)_/.test(key)) delete process.env[key];
    const { programs, home } = { programs: temporaryFolder(), home: temporaryFolder() };
    programFolder = fs.realpathSync(programs);
    fs.mkdirSync(path.join(programFolder, "flows"));
    // the file of the flow isn't there: it is described by hand
    fs.writeFileSync(path.join(programFolder, "flows", "code.py"), "x = 1\n");
    // of the person who runs the tests nothing is read
    process.env.PREFECT_HOME = home;
    process.env.AWS_CONFIG_FILE = path.join(home, "no-file");
  });
  afterEach(() => {
    for (const key of Object.keys(process.env)) if (!(key in before)) delete process.env[key];
    Object.assign(process.env, before);
  });
}
