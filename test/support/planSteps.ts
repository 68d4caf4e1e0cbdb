import type { ResourceState, Step } from "../../report/step";

type Json = Record<string, unknown>;

/** The stack of the steps. */
export const project = "urn:pulumi:prod::risk::";

/** The moment of the reports that are stored. */
export const now = new Date("2026-10-29T12:00:00Z");

/** A step of a preview that has compared with the server: what was deployed, what the server has, what the program says. */
export function drifted(
  [kind, name]: [kind: string, name: string],
  op: string,
  { deployed, server, asked }: { deployed: Json; server?: Json; asked?: Json },
): Step {
  const urn = `${project}meta-prefect:recipes:PlainDeployer$pulumi-nodejs:dynamic/prefect:${kind}::${name}`;
  const own = kind === "Deployment" ? { name, flowName: "sums" } : { name };
  const state = (inputs: Json): ResourceState => ({
    urn,
    type: "t",
    custom: true,
    id: `id-of-${name}`,
    inputs: { ...own, ...inputs },
  });
  return {
    op,
    urn,
    old: state(server ?? deployed),
    ...(asked && { new: state(asked) }),
    deployed: state(deployed),
  };
}
