import * as http from "node:http";
import axios from "axios";
import { root } from "../../tools/root";
import { mochaGlobalTeardown, mochaHooks, prefectServer } from "../support/environment";
import { PulumiProject } from "../support/pulumiProject";
import { ownShares, yamlAgainstTypeScript } from "./command";
import { compare, seconds } from "./compare";
import { reportOfMany } from "./report";

/** As many dynamic resources as the root program has, which do nothing. */
const trivial = `
  import * as pulumi from "@pulumi/pulumi";
  const provider = { check: async (olds: any, news: any) => ({ inputs: news }), diff: async () => ({ changes: false }), create: async (inputs: any) => ({ id: "x", outs: inputs }) };
  class Trivial extends pulumi.dynamic.Resource { constructor(name: string, props: any, opts: any) { super(provider, name, props, opts); } }
  const component = new pulumi.ComponentResource("trivial:index:Component", "c");
  for (let i = 0; i < 3; i += 1) new Trivial("t" + i, { value: i }, { parent: component });
`;

async function previewOfRootProgram(): Promise<void> {
  const ours = await PulumiProject.at(root, undefined);
  const theirs = await PulumiProject.create("");
  // the same language and settings as the root program's
  theirs.write("Pulumi.yaml", JSON.stringify({ name: "test", runtime: "nodejs" }));
  theirs.write("package.json", JSON.stringify({ main: "index.ts" }));
  theirs.write(
    "tsconfig.json",
    JSON.stringify({ compilerOptions: { noCheck: true, module: "nodenext", target: "es2022" } }),
  );
  theirs.write("index.ts", trivial);
  const preview = (project: PulumiProject) => () => seconds(() => project.pulumi("preview"));
  await preview(ours)();
  await preview(theirs)();
  await compare("preview of the root program, new, against trivial resources", preview(ours), preview(theirs), 1.2);
  await ours.up();
  await theirs.up();
  await compare(
    "preview of the root program, nothing changed, against trivial resources",
    preview(ours),
    preview(theirs),
    1.2,
  );
  await ours.destroy();
}

const many = 100;
const schema = { type: "object", title: "Parameters", properties: {} };
const deployments = (round: string) => `
  const { Deployment } = require("meta-prefect");
  for (let i = 0; i < ${many}; i += 1) {
    new Deployment("d" + i, { name: "bench", flowName: "bench-${round}-" + i, entrypoint: "flows.py:f", path: "/srv", parameterOpenapiSchema: ${JSON.stringify(schema)} });
  }
`;

/** One writer with one connection, which asks again after a 503: the least that the same requests take. */
async function raw(apiUrl: string, round: string): Promise<number> {
  const client = axios.create({
    baseURL: apiUrl,
    httpAgent: new http.Agent({ keepAlive: true, maxSockets: 1 }),
    validateStatus: () => true,
  });
  const send = async <T>(method: string, url: string, data?: object): Promise<T> => {
    for (;;) {
      // the server sometimes drops a connection under load
      const response = await client.request<T>({ method, url, data }).catch(() => undefined);
      if (response && response.status !== 503) return response.data;
    }
  };
  return seconds(async () => {
    for (let i = 0; i < many; i += 1) {
      const name = `raw-${round}-${i}`;
      await send("GET", `/deployments/name/${name}/bench`);
      const flow = await send<{ id: string }>("POST", "/flows/", { name });
      const body = {
        name: "bench",
        flow_id: flow.id,
        entrypoint: "flows.py:f",
        path: "/srv",
        parameter_openapi_schema: schema,
      };
      await send("POST", "/deployments/", { ...body, enforce_parameter_schema: true });
    }
  });
}

async function manyDeployments(): Promise<void> {
  const { apiUrl } = await prefectServer();
  const project = await PulumiProject.create("");
  let round = 0;
  const ours = async () => {
    round += 1;
    project.program = deployments(`${process.pid}-${round}`);
    const taken = await seconds(() => project.up());
    console.log(
      `  round ${round}: up ${taken.toFixed(2)} s, no-change preview ${(await seconds(() => project.pulumi("preview", "--expect-no-changes"))).toFixed(2)} s, destroy ${(await seconds(() => project.destroy())).toFixed(2)} s`,
    );
    return taken;
  };
  await compare(
    `pulumi up of ${many} deployments, each with its own flow, against one writer of raw HTTP`,
    ours,
    () => raw(apiUrl, `${process.pid}-${round}`),
    2,
  );
}

async function main(): Promise<void> {
  mochaHooks.beforeAll();
  try {
    await previewOfRootProgram();
    await manyDeployments();
    await ownShares();
    await yamlAgainstTypeScript();
    await reportOfMany();
  } finally {
    await mochaGlobalTeardown();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
