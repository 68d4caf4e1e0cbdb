import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import { messageOf } from "../../provider/api/errors";
import { unknown } from "../../provider/api/json";
import { foretellGitVersion } from "../../provider/program/gitVersion";
import { deployedAsData } from "../../recipes/yaml/deployed";
import type { Registered } from "../../report/registered";
import type { Diagnostic } from "../../report/step";
import type { Answer, Asked } from "./asked";

/** What of the monitor's own is used here. */
type Monitor = Omit<MockMonitor, "newUrn" | "registerResource"> & {
  newUrn(parent: string, type: string, name: string): string;
  registerResource(request: RegisterResourceRequest, callback: unknown): Promise<void>;
};

/** What recipes take from the answers of AWS. */
const lookedUp = ["endpoint", "certificateAuthorities", "region", "id", "ids", "zoneIds"];

const diagnostics: Diagnostic[] = [];
const note = (severity: Diagnostic["severity"]) => (text: unknown) => {
  diagnostics.push({ severity, message: String(text).replace(/^\w+: \[runtime\] /, "") });
};
// without an engine, Pulumi prints what a program has to say
Object.assign(console, { log: note("info"), info: note("info"), warn: note("warning"), error: note("error") });

/** Registers what a YAML says with Pulumi's mocks, and nothing with an engine. */
async function registered(asked: Asked): Promise<Answer> {
  const { file, below, project, stack, configuration, secretKeys, gitVersion } = asked;
  await pulumi.runtime.setMocks(
    {
      // what a resource has besides its arguments isn't known, as in a preview of one that is new
      newResource: ({ type, name, inputs }) => ({ id: idOf(type, name), state: inputs as object }),
      // nor is what AWS would be asked for
      call: () => Object.fromEntries(lookedUp.map((property) => [property, unknown])),
    },
    project,
    stack,
    true,
    "organization",
  );
  pulumi.runtime.setAllConfig(configuration, secretKeys);
  const resources = recorded(getMonitor() as unknown as Monitor, project, stack);
  foretellGitVersion(path.dirname(file), gitVersion);
  const [outputs, unknowns]: [Record<string, unknown>, string[]] = [{}, []];
  try {
    const deployers = deployedAsData(file, below, unknowns);
    const all = pulumi.all(deployers.map(({ schedules }) => schedules));
    const schedules = await (all as unknown as { promise(): Promise<unknown[][]> }).promise();
    outputs.schedules = schedules.flat();
  } catch (error) {
    diagnostics.push({ severity: "error", message: messageOf(error) });
  }
  await pulumi.runtime.disconnect();
  return { resources, outputs, diagnostics, unknowns };
}

/** The id of what isn't made: the same on both sides. */
function idOf(type: string, name: string): string {
  return `${type} ${name}`;
}

/** What is registered from now on, in its order. */
function recorded(monitor: Monitor, project: string, stack: string): Registered[] {
  const resources: Registered[] = [];
  monitor.newUrn = (parent, type, name) => {
    const above = parent === "" ? "" : `${parent.split("::")[2]}$`;
    return `urn:pulumi:${stack}::${project}::${above}${type}::${name}`;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const [parent, type] = [request.getParent(), request.getType()];
    resources.push({
      urn: monitor.newUrn(parent, type, request.getName()),
      type,
      custom: request.getCustom(),
      id: idOf(type, request.getName()),
      ...(parent !== "" && { parent }),
      args: request.getObject()?.toJavaScript() ?? {},
    });
    return register(request, callback);
  };
  return resources;
}

process.on("unhandledRejection", (error) => note("error")(messageOf(error)));
void registered(JSON.parse(fs.readFileSync(0, "utf8")) as Asked).then((answer) => {
  process.stdout.write(JSON.stringify(answer), () => process.exit());
});
