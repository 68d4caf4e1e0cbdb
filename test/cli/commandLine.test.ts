import assert from "node:assert/strict";
import * as os from "node:os";
import * as path from "node:path";
import { commandLine } from "../../cli/commandLine";
import { checkWorkers } from "../../cli/health/checks/stack";
import { deploymentOnServer } from "../../cli/project/deploymentOnServer";
import { PrefectClient } from "../../provider/api/client";
import { metaPrefect } from "../support/command";
import { temporaryFolder } from "../support/environment";
import { folderWith } from "../support/folderWith";
import { pulumiStandIn, standIn } from "../support/standIn";

const options = "--env prod --file team/risk.yaml";
const urn = (kind: string) => `urn:pulumi:prod::risk::pulumi-nodejs:dynamic/prefect:${kind}::x`;
const deployment = { urn: urn("Deployment"), id: "i", flowName: "sums", name: "daily" };
const supervised = { pid: 2 ** 30, startTime: "x", host: os.hostname(), healthPort: 1, logFile: "/log" };
/** A deployment, and its worker that has ended. */
const resources = [
  { ...deployment, inputs: { flowName: "sums", name: "daily" } },
  {
    urn: urn("Worker"),
    id: "etl",
    inputs: { name: "etl", workPoolName: "etl" },
    outputs: supervised,
  },
];

/** Calls the command for the environment prod of a YAML in a folder below. */
function calling(line: string, { pulumi = pulumiStandIn(), ...variables }: Record<string, string> = {}) {
  const { META_PREFECT__ENV: _, ...others } = process.env;
  const PATH = [pulumi, others.PATH].join(path.delimiter);
  const own = {
    PATH,
    HOME: temporaryFolder(),
    PREFECT_API_URL: "http://127.0.0.1:9/api",
    META_PREFECT__PYTHON: "/none",
  };
  const env = { ...others, ...own, ...variables };
  const cwd = folderWith({ "team/risk.yaml": "deployments: {}\n", "plan.json": "{}" });
  return metaPrefect([...line.split(" "), ...options.split(" ")], { cwd, env });
}

describe("a command line that a message names", () => {
  it("has what this one was given, as words of a shell, and nothing where it was given nothing", () => {
    assert.equal(commandLine("deploy --refresh"), "meta-prefect deploy --refresh");
    assert.equal(
      commandLine("list", { env: "prod", file: "a b.yaml" }),
      "meta-prefect list --env prod --file 'a b.yaml'",
    );
  });

  const team = { PULUMI_BACKEND_URL: "s3://team-state", PULUMI_CONFIG_PASSPHRASE: "x" };
  const rows: [line: string, command: string, variables?: Record<string, string>][] = [
    ["list", `run: meta-prefect deploy ${options}`],
    ["run sums", `run: meta-prefect deploy ${options}`],
    ["worker install --yes", `run: meta-prefect deploy ${options}`],
    ["deploy --yes --plan plan.json", `write it by: meta-prefect preview --save-plan FILE ${options}`],
    ["destroy --yes", `to remove it: meta-prefect pulumi ${options} stack rm`, team],
    ["list", `to start it again: meta-prefect worker restart ${options}`, { pulumi: pulumiStandIn({ resources }) }],
    ["server status", "to start one: meta-prefect server start --file team/risk.yaml"],
    ["init", `deploy what it says by: meta-prefect deploy ${options}, move it away, or name another file by --file`],
  ];
  for (const [line, command, variables] of rows) {
    it(`works on the same environment and file: ${line}`, async () => {
      const { printed, said } = await calling(line, variables);
      assert.ok(
        `${printed}${said}`.split(/$/m).some((text) => text.endsWith(command)),
        printed + said,
      );
    });
  }

  it("works on the same where doctor finds a worker that has ended", async () => {
    const workers = [{ urn: urn("Worker"), args: { name: "etl", workPoolName: "etl" }, supervised }];
    const [finding] = await checkWorkers(undefined, { deployments: [], workers }, { env: "prod" });
    assert.equal(finding?.remedy, "meta-prefect worker restart --env prod");
  });

  it("works on the same where a deployment is gone from the server", async () => {
    class Empty extends PrefectClient {
      override find() {
        return Promise.resolve(undefined);
      }
    }
    const client = new Empty({ apiUrl: "http://127.0.0.1:9/api", headers: {}, environment: {} });
    await assert.rejects(deploymentOnServer(client, { ...deployment, inputs: {} }, { env: "prod" }), (error: Error) =>
      error.message.endsWith("run: meta-prefect deploy --refresh --env prod"),
    );
  });

  it("works on the same by Pulumi, whose words stand behind the options", async () => {
    const pulumi = standIn("pulumi", 'case "$1" in version) echo v3.0.0 ;; *) echo "$PULUMI_STACK: $*" ;; esac');
    const [program = "", ...words] = `${commandLine("pulumi", { env: "prod", file: "team/risk.yaml" })} cancel`.split(
      " ",
    );
    assert.equal(program, "meta-prefect");
    const cwd = folderWith({ "team/risk.yaml": "deployments: {}\n" });
    const env = { ...process.env, PATH: [pulumi, process.env.PATH].join(path.delimiter), HOME: temporaryFolder() };
    assert.equal((await metaPrefect(words, { cwd, env })).printed, "prod: cancel\n");
  });
});
