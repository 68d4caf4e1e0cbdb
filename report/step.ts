import { unknown } from "../provider/api/json";

/** The state of a resource, as Pulumi's JSON has it; a secret is the text "[secret]" in it, or an object that holds that. */
export interface ResourceState {
  urn: string;
  type: string;
  custom?: boolean;
  id?: string;
  parent?: string;
  /** URN and id of the provider. */
  provider?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** Whether it has been deleted, for another one to take its place. */
  pendingReplacement?: boolean;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
}

/** What Pulumi does, or would do, with one resource. */
export interface Step {
  /** Pulumi's word for it: "create", "update", "replace", "delete", "same" and others. */
  op: string;
  urn: string;
  old?: ResourceState;
  new?: ResourceState;
  /** The inputs that differ, as far as Pulumi or the provider says. */
  diffs?: string[];
  /** What the state had of it, where it was compared with the server first: `old` is then what the server has. */
  deployed?: ResourceState;
  /** Whether the server has another secret than was deployed: both look alike here. */
  isSecretChanged?: boolean;
}

/** What is said while Pulumi is at work. */
export interface Diagnostic {
  severity: "info" | "warning" | "error";
  message: string;
  urn?: string;
}

const changing = ["create", "update", "replace", "delete", "import"];

/** Whether something is changed by a step; the parts of a replacement are one. */
export function isChange({ op }: Step): boolean {
  return changing.includes(op);
}

/** Whether a step is about a real object, rather than about the stack, a component or a provider. */
export function isObject({ urn, old, new: now }: Step): boolean {
  const state = now ?? old;
  return state?.custom !== false && !/^pulumi:(pulumi|providers):/.test(typeOf(urn));
}

/** Project and stack that URNs are of; a preview has the stack's at least. */
export function stackOf([first]: readonly Pick<Step, "urn">[]): { project: string; stack: string } {
  const [, stack = "", project = ""] = /^urn:pulumi:(.*?)::(.*?)::/s.exec(first?.urn ?? "") ?? [];
  return { project, stack };
}

/** The type in a resource's URN, without those of its parents. */
export function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

/** Which of Prefect's objects a resource of this package is, such as "WorkPool"; undefined for any other. */
export function prefectKind(urn: string): string | undefined {
  return /^pulumi-nodejs:dynamic\/prefect:(\w+)$/.exec(typeOf(urn))?.[1];
}

/** The Pulumi name in a resource's URN, which may hold anything. */
export function pulumiName(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** What a resource is called to a person: its kind, and the name that Prefect knows it by, such as `deployment "sums/nightly"`. */
export function titleOf(step: Step): string {
  return `${kindOf(step.urn)} "${nameOf(step)}"`;
}

/** The name in the title of a deployment: `<flow>/<deployment>`. */
export function deploymentName(title: string): string {
  return title.replace(/^deployment "(.*)"$/s, "$1");
}

function kindOf(urn: string): string {
  const prefect = prefectKind(urn);
  if (prefect !== undefined) return prefect.replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
  const [provider = "", , name = ""] = typeOf(urn).split(":");
  return `${provider} ${name}`.trim();
}

function nameOf({ urn, old, new: now }: Step): string {
  const { name, flowName } = now?.inputs ?? old?.inputs ?? {};
  if (typeof name !== "string" || name === unknown || flowName === unknown) return pulumiName(urn);
  return typeOf(urn).endsWith(":Deployment") && typeof flowName === "string" ? `${flowName}/${name}` : name;
}
