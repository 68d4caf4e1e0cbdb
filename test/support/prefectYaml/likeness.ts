import { isDeepStrictEqual } from "node:util";
import type { HeldDeployment } from "./held";

type Json = Record<string, unknown>;

/**
 * Where two servers hold something else of a deployment, as "schedules[0].schedule.cron: ... / ...", Prefect's first.
 *
 * @param since when Prefect's was made: a schedule that is anchored since has no anchor of its own
 */
export function differences(prefect: HeldDeployment, ours: HeldDeployment, since: Date): string[] {
  return differing("", comparable(prefect, prefect, since), comparable(ours, prefect, since));
}

/** Without what has no meaning of its own. */
function comparable(deployment: HeldDeployment, prefect: HeldDeployment, since: Date): Json {
  const { version, ...rest } = deployment;
  return {
    ...rest,
    // the hash of a file is what Prefect says where there is no version
    ...(!/^[0-9a-f]{32}$/.test(String(prefect.version)) && { version }),
    schedules: deployment.schedules.map((schedule, i) => {
      const { slug, ...others } = schedule;
      const theirs = prefect.schedules[i];
      const rule = others.schedule as Json;
      const { anchor_date: anchored } = (theirs?.schedule ?? {}) as Json;
      const { anchor_date: anchor, ...unanchored } = rule;
      const isAnchored = anchor !== undefined && new Date(anchored as string) < since;
      return {
        ...others,
        // each schedule of ours has one
        ...(typeof theirs?.slug === "string" && { slug }),
        schedule: isAnchored ? { ...unanchored, anchor_date: new Date(anchor as string).toISOString() } : unanchored,
      };
    }),
  };
}

function differing(at: string, prefect: unknown, ours: unknown): string[] {
  if (isDeepStrictEqual(prefect, ours)) return [];
  if (Array.isArray(prefect) && Array.isArray(ours)) {
    const length = Math.max(prefect.length, ours.length);
    return Array.from({ length }, (_, i) => differing(`${at}[${i}]`, prefect[i], ours[i])).flat();
  }
  if (isObject(prefect) && isObject(ours)) {
    const keys = [...new Set([...Object.keys(prefect), ...Object.keys(ours)])];
    return keys.flatMap((key) => differing(at ? `${at}.${key}` : key, prefect[key], ours[key]));
  }
  return [`${at}: ${JSON.stringify(prefect) ?? "nothing"} / ${JSON.stringify(ours) ?? "nothing"}`];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
