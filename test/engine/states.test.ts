import assert from "node:assert/strict";
import * as path from "node:path";
import { providerText } from "../../provider/program/resource";
import { pluginFolder } from "../support/plugins/folder";
import type { PulumiProject } from "../support/pulumiProject";
import { programs, recorded } from "../support/recordedStates";

const kinds = [
  ...["Automation", "Block", "BlockSchema", "BlockType", "Deployment", "Flow", "GlobalConcurrencyLimit"],
  ...["TagConcurrencyLimit", "Variable", "WorkPool", "WorkQueue", "Worker"],
];

/** What previews show of a program whose meaning has changed since the build; of all others they show nothing. */
const changes: Record<string, string[]> = {
  changed: [
    // none of the recipe's deployments runs there
    "delete local-process-work-pool-b6973f71",
    "delete local-process-worker-b6973f71",
    // configured tags are kept beside those of a deployment's own
    "update local-sums/own codeHash tags version",
    // the code of the flow is on this machine; its hash comes with what changes, and is no change of its own
    "update plain codeHash parameterOpenapiSchema",
  ],
};

describe("a state that an earlier build wrote", () => {
  const projects = new Map<string, PulumiProject>();

  before(async () => {
    for (const program of programs) projects.set(program.name, await recorded(program));
    // neither AWS nor a cluster is asked anything
    const project = projects.get("eksDask") as PulumiProject;
    const credentials = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    Object.assign(project.env, credentials, {
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
      KUBECONFIG: path.join(project.folder, "none"),
      PATH: [pluginFolder(), project.env.PATH].join(path.delimiter),
    });
  });

  it("has all kinds of resources, each with the provider text that never changes", async () => {
    const found = new Set<string>();
    for (const [program, project] of projects) {
      for (const [name, { type, inputs, outputs }] of await project.resources()) {
        const kind = /^pulumi-nodejs:dynamic\/prefect:(.*)$/.exec(type)?.[1];
        if (kind === undefined) continue;
        found.add(kind);
        assert.equal(inputs.__provider, providerText(kind), `${program}: ${name}`);
        assert.equal(outputs.__provider, providerText(kind), `${program}: ${name}`);
      }
    }
    assert.deepEqual([...found].sort(), kinds);
  });

  for (const { build, name } of programs) {
    const expected = changes[name] ?? [];
    const outcome = expected.length > 0 ? "shows what is new" : "has nothing to change";
    it(`(${build}) of the program "${name}" is previewed without a server, and ${outcome}`, async () => {
      const steps = await (projects.get(name) as PulumiProject).preview();
      const shown = steps.map(({ op, name, changed }) => [op, name, ...(op === "update" ? changed : [])].join(" "));
      assert.deepEqual(shown.sort(), expected);
    });
  }
});
