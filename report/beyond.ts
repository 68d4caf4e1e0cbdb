import { canonicalJson, isEqual, isRecord, ownValue } from "../provider/api/json";
import { shownInputs } from "./propertyChanges";
import { later, reviewed, type ReviewedChange, type ReviewedPlan, sourcesOf } from "./reviewed";
import { isChange, type Step } from "./step";

/**
 * What steps would do otherwise than it was reviewed, a line for each object. An object that isn't changed any more is none of it, nor is a
 * property that is by now what it was to become. A value that was to be known later is agreed to where it comes of the same objects, once the
 * plan has made one of those.
 */
export function beyond(steps: Step[], subject: { project: string; stack: string }, seen: ReviewedPlan): string[] {
  const plan = reviewed(steps, subject);
  if (plan.project !== seen.project || plan.stack !== seen.stack) {
    return [`the plan is one of ${seen.project}/${seen.stack}, and this is ${plan.project}/${plan.stack}`];
  }
  const known = new Map(seen.changes.map((change) => [change.urn, change]));
  const now = new Map(steps.map((step) => [step.urn, step]));
  const isDone = (urn: string) => {
    const [agreed, step] = [known.get(urn), now.get(urn)];
    return agreed !== undefined && agreed.op !== "delete" && !(step && isChange(step));
  };
  const lines = plan.changes.flatMap((change) => {
    const { urn, op, what, provider } = change;
    const [agreed, step] = [known.get(urn), now.get(urn)];
    if (!agreed || !step) return [`${what} would be changed as well (${op})`];
    if (agreed.op !== op) return [`${what}: ${op}, in place of ${agreed.op}`];
    if (agreed.provider !== provider) return [`${what} would go through another provider`];
    const paths = differing(change, agreed, step, isDone);
    return paths.length > 0 ? [`${what}: ${paths.join(", ")} would change in another way`] : [];
  });
  const isBegun = seen.changes.some(({ op, urn }) => op === "create" && now.get(urn)?.op === "same");
  return lines.length > 0 && isBegun ? [...lines, "the plan was done in part already"] : lines;
}

/** The paths at which a step would make something else of an object than was agreed to. */
function differing(
  { op, properties }: ReviewedChange,
  agreed: ReviewedChange,
  step: Step,
  isDone: (urn: string) => boolean,
): string[] {
  const [before, after] = [shownInputs(step.old), shownInputs(step.new)];
  const isAlike = new Set(agreed.properties.map(canonicalJson));
  const asked = new Set(properties.map(canonicalJson));
  const known = agreed.properties.filter((one) => {
    const isFromPlan = one.from?.some(isDone) === true && isEqual(one.from, sourcesOf(step, one.path));
    const [value, ...others] = valuesAt(after, one.path);
    return isFromPlan && isAt(before, one.path, one.before) && others.length === 0 && fits(value, one.after);
  });
  const other = properties.filter(
    (one) => !isAlike.has(canonicalJson(one)) && !known.some(({ path }) => isWithin(one.path, path)),
  );
  const isInPlace = op === "update" || op === "replace";
  const missing = agreed.properties.filter(
    (one) =>
      op !== "delete" &&
      !asked.has(canonicalJson(one)) &&
      !known.includes(one) &&
      !(isInPlace && isAt(after, one.path, one.after)),
  );
  return [...new Set([...other, ...missing].map(({ path }) => path))];
}

/** Whether a value is what was agreed to but for what was to be known later. */
function fits(value: unknown, agreed: unknown): boolean {
  if (agreed === later) return value !== undefined;
  if (Array.isArray(agreed)) {
    return Array.isArray(value) && value.length === agreed.length && agreed.every((part, i) => fits(value[i], part));
  }
  if (!isRecord(agreed)) return isEqual(value, agreed);
  const isSame = isRecord(value) && isEqual(Object.keys(value).sort(), Object.keys(agreed).sort());
  return isSame && Object.entries(agreed).every(([key, part]) => fits(ownValue(value, key), part));
}

/** Whether a value stands at a path; undefined for nothing. */
function isAt(inputs: Record<string, unknown>, path: string, value: unknown): boolean {
  const found = valuesAt(inputs, path);
  return value === undefined ? found.length === 0 : found.length === 1 && isEqual(found[0], value);
}

/** What stands at a path: one value, or none; more where names have dots in them. */
function valuesAt(value: unknown, path: string, here = ""): unknown[] {
  if (here === path) return [value];
  if (!isWithin(path, here)) return [];
  if (Array.isArray(value)) return value.flatMap((part, i) => valuesAt(part, path, `${here}[${i}]`));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => valuesAt(part, path, here === "" ? key : `${here}.${key}`));
}

/** Whether a path is another one, or leads into it. */
function isWithin(path: string, outer: string): boolean {
  return outer === "" || path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}
