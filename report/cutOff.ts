import { isObject, prefectKind, type Step } from "./step";

/** What is on the server of an object that is deleted, or replaced by another. */
export interface CutOff {
  /** Runs that are due later, or were due already and haven't begun: a deployment's go with it. */
  scheduled: number;
  late: number;
  /** When the next of those would be; ISO 8601. */
  next?: string;
  /** Runs that have been handed out and haven't begun yet, or that wait to be tried again. */
  waiting: number;
  running: number;
  /** How many runs a flow has had, which are deleted with it. */
  history?: number;
  /** Automations that name a deployment, and aren't the program's own. */
  automations: string[];
  /** Whether there may be more than that, as not all was looked at. */
  isPartial?: boolean;
  /** Deployments that use a pool, a queue or a flow and aren't the program's, each as `<flow>/<deployment>`. */
  users: string[];
}

/** What a plan cuts off. */
export interface CutOffs {
  /** By the URNs of what goes, as far as it was looked at. */
  of: Record<string, CutOff>;
  /** What wasn't looked at, in words. */
  left: string[];
}

/** An object that goes, with the id by which the server has it. */
export interface Going {
  urn: string;
  id: string;
}

/** What a plan deletes or replaces, by what it is, and what of the plan is on the server anyway. */
export interface GoingOf {
  deployments: Going[];
  pools: Going[];
  queues: Going[];
  flows: Going[];
  /** Ids of all deployments and automations of the plan. */
  own: Set<string>;
}

const kinds = { Deployment: "deployments", WorkPool: "pools", WorkQueue: "queues", Flow: "flows" } as const;

/** Reads the steps of a preview. */
export function goingOf(steps: Step[]): GoingOf {
  const going: GoingOf = { deployments: [], pools: [], queues: [], flows: [], own: new Set() };
  for (const { urn, op, old } of steps.filter(isObject)) {
    if (old?.id === undefined) continue;
    const kind = prefectKind(urn) ?? "";
    if (kind === "Deployment" || kind === "Automation") going.own.add(old.id);
    if ((op === "delete" || op === "replace") && kind in kinds) {
      going[kinds[kind as keyof typeof kinds]].push({ urn, id: old.id });
    }
  }
  return going;
}

/** An object of which the server has nothing that hangs on it. */
export function nothingCutOff(): CutOff {
  return { scheduled: 0, late: 0, waiting: 0, running: 0, automations: [], users: [] };
}
