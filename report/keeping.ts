import { snake } from "../provider/api/casing";
import { isEqual, isRecord, ownValue } from "../provider/api/json";
import { holdsSecret } from "./plain";
import { prefectKind } from "./step";
import { type Language, written } from "./written";

/** How the program is made to say what somebody changed on the server. */
export interface Keeping {
  /** The line to write. Of a mapping it has what differs; what else is there stays. */
  write?: string;
  /** What to take out of the program. */
  remove: string[];
  /** Why there is no line for it, or for a part of it. */
  cannot?: string;
}

/** A property of an object that somebody changed: its values are what may be shown. */
export interface Changed {
  urn: string;
  name: string;
  /** What was deployed. */
  deployed: unknown;
  /** What the server has. */
  server: unknown;
}

type Json = Record<string, unknown>;

/** How a change of one property on the server is kept. */
export function keepingOf(changed: Changed, language: Language): Keeping {
  const { urn, name, deployed, server } = changed;
  const isOfDeployment = prefectKind(urn) === "Deployment";
  if (language === "YAML" && !isOfDeployment) return cannot("a meta_prefect.yaml has no word for it");
  if (isOfDeployment && name === "parameterOpenapiSchema") return cannot("it comes from the flow's code");
  const said = language === "YAML" ? snake(name) : name;
  if (server === undefined) return { remove: [said] };
  if (isOfDeployment && name === "tags") return ofTags(changed, language);
  if (isOfDeployment && name === "schedules") return ofSchedules(changed, language);
  const { value, gone } = differing(deployed, server, []);
  if (holdsSecret(value) || (value === undefined && gone.length === 0))
    return cannot("what differs is a secret, which isn't shown");
  return {
    ...(value !== undefined && { write: written(name, value, language) }),
    remove: gone.map((path) => [said, ...path].join(".")),
    ...(holdsSecret(server) && { cannot: "secrets in it aren't shown, and may differ, too" }),
  };
}

function cannot(reason: string): Keeping {
  return { remove: [], cannot: reason };
}

/** What of a value differs, and the paths of what isn't there any more. */
function differing(before: unknown, after: unknown, path: string[]): { value?: unknown; gone: string[][] } {
  if (after === undefined) return { gone: [path] };
  if (!isRecord(before) || !isRecord(after)) return { value: after, gone: [] };
  const value: Json = {};
  const gone: string[][] = [];
  for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
    const [old, now] = [ownValue(before, key), ownValue(after, key)];
    if (isEqual(old, now)) continue;
    const part = differing(old, now, [...path, key]);
    // whatever the key is called
    if (part.value !== undefined) Object.defineProperty(value, key, { value: part.value, enumerable: true });
    gone.push(...part.gone);
  }
  return { ...(Object.keys(value).length > 0 && { value }), gone };
}

/** The whole list, without the tag that a recipe puts at its end. */
function ofTags({ urn, deployed, server }: Changed, language: Language): Keeping {
  const [before, after] = [deployed, server].map((tags) => (Array.isArray(tags) ? tags.map(String) : []));
  const own = `env=${urn.split("::")[0]?.split(":").at(-1) ?? ""}`;
  const isOfRecipe = urn.includes("$") && before?.at(-1) === own;
  const tags = after?.filter((tag) => !isOfRecipe || tag !== own);
  const isLost = isOfRecipe && !after?.includes(own);
  return {
    write: written("tags", tags, language),
    remove: [],
    ...(isLost && { cannot: `the recipe gives the tag ${own} to each deployment` }),
  };
}

/** Each schedule by its slug: what differs of it. */
function ofSchedules({ deployed, server }: Changed, language: Language): Keeping {
  const [before, after] = [deployed, server].map((all) => (Array.isArray(all) ? all.filter(isRecord) : []));
  const slugOf = ({ slug }: Json) => (typeof slug === "string" ? slug : undefined);
  const remove: string[] = [];
  const changed = (after ?? []).flatMap((schedule): Json[] => {
    const slug = slugOf(schedule);
    const former = slug === undefined ? undefined : before?.find((one) => slugOf(one) === slug);
    if (isEqual(former, schedule)) return [];
    const { value, gone } = differing(former ?? {}, schedule, []);
    const rule = former && isRecord(value) && "rrule" in value && /^EXDATE/m.test(String(former.rrule));
    remove.push(
      ...[...gone.map((path) => path.join(".")), ...(rule ? ["skipHolidays"] : [])].map(inSchedule(language, slug)),
    );
    return value === undefined ? [] : [{ ...(slug !== undefined && { slug }), ...(value as Json) }];
  });
  const gone = (before ?? []).filter((one) => !after?.some((schedule) => slugOf(schedule) === slugOf(one)));
  remove.push(...gone.map((one) => `the schedule ${slugOf(one) ?? ""}`));
  if (holdsSecret(changed)) return cannot("what differs is a secret, which isn't shown");
  const isOnlyOne = before?.length === 1 && after?.length === 1 && gone.length === 0;
  const line =
    isOnlyOne && language === "YAML"
      ? written("schedule", changed[0], language)
      : written("schedules", changed, language);
  return { ...(changed.length > 0 && { write: line }), remove };
}

function inSchedule(language: Language, slug: string | undefined): (name: string) => string {
  return (name) => `${language === "YAML" ? snake(name) : name} of the schedule ${slug ?? ""}`.trimEnd();
}
