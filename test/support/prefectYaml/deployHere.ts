import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { fromPrefectYaml, PlainDeployer } from "../../../index";
import type { PrefectClient } from "../../../provider/api/client";
import * as creation from "../../../provider/engine/creation";
import type { AnyKind, Hints, Json } from "../../../provider/engine/kind";
import * as lifecycle from "../../../provider/engine/lifecycle";
import { automation } from "../../../provider/kinds/automation/automation";
import { deployment } from "../../../provider/kinds/deployment/deployment";

const kinds: Record<string, AnyKind> = {
  "pulumi-nodejs:dynamic/prefect:Deployment": deployment,
  "pulumi-nodejs:dynamic/prefect:Automation": automation,
};
/** By which Pulumi marks a secret among inputs. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** What became of a file in this process, without Pulumi's engine: warnings and errors, each with its place. */
export interface HereDeployed {
  warnings: string[];
  errors: string[];
}

/** Deploys a prefect.yaml by `fromPrefectYaml` and `PlainDeployer` to a real server, without Pulumi's engine. */
export async function deployHere(file: string, client: PrefectClient): Promise<HereDeployed> {
  const warn = mock.method(pulumi.log, "warn", () => Promise.resolve());
  const errors: string[] = [];
  try {
    await deploy(file, client, errors);
  } catch (error) {
    errors.push(error instanceof Error ? error.message : String(error));
  } finally {
    warn.mock.restore();
  }
  return { warnings: warn.mock.calls.map(({ arguments: [message] }) => String(message)), errors };
}

/** Makes each resource as soon as the program registers it. */
async function deploy(file: string, client: PrefectClient, errors: string[]): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      async newResource({ type, name, inputs }) {
        const kind = kinds[type];
        if (!kind) return { id: name, state: {} };
        const { __provider, __hints, ...args } = opened(inputs) as Json;
        try {
          const hints = (__hints ?? {}) as Hints;
          const { inputs: checked, writeOnly, failures } = lifecycle.check(kind, undefined, args, hints, []);
          errors.push(...failures.map(({ property, reason }) => `${property}: ${reason}`));
          if (failures.length > 0) return { id: name, state: args };
          const made = await creation.create(kind, client, { ...checked, ...writeOnly });
          return { id: made.id, state: made.outputs };
        } catch (error) {
          errors.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
          return { id: name, state: args };
        }
      },
      call: () => ({}),
    },
    "project",
    "dev",
    false,
  );
  const deployments = await fromPrefectYaml(file);
  new PlainDeployer("plain", { deployments });
  await pulumi.runtime.disconnect();
}

/** Inputs with what is secret as it is. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  if (secretMark in value) return opened((value as { value?: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, opened(part)]));
}
