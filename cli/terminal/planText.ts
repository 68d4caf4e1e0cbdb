import { visible } from "../../provider/api/visible";
import { type PropertyChange, propertyChanges } from "../../report/propertyChanges";
import { type Step, titleOf } from "../../report/step";
import type { coloursOf } from "./colours";

type Colours = ReturnType<typeof coloursOf>;

/** The longest value that is shown whole, in characters. */
const longestValue = 60;
/** How many properties of one resource are shown. */
const mostProperties = 12;

const signs: Record<string, { sign: string; colour: keyof Colours; verb: string }> = {
  create: { sign: "+ ", colour: "green", verb: "to create" },
  import: { sign: "= ", colour: "green", verb: "to import" },
  update: { sign: "~ ", colour: "yellow", verb: "to update" },
  replace: { sign: "+-", colour: "magenta", verb: "to replace" },
  delete: { sign: "- ", colour: "red", verb: "to delete" },
};

/** What would change, a line for each object, and below it one for each property. */
export function planLines(changes: Step[], colours: Colours): string[] {
  return changes.flatMap((step) => {
    const { sign, colour } = signs[step.op] ?? { sign: "? ", colour: "gray" };
    const paint = colours[colour] as (text: string) => string;
    return [`  ${paint(sign)} ${visible(titleOf(step))}`, ...propertyLines(step, colours)];
  });
}

/** How many objects change in which way, such as "2 to create, 1 to update". */
export function countLine(changes: Step[]): string {
  return Object.entries(signs)
    .map(([op, { verb }]) => ({ verb, count: changes.filter((step) => step.op === op).length }))
    .filter(({ count }) => count > 0)
    .map(({ verb, count }) => `${count} ${verb}`)
    .join(", ");
}

function propertyLines(step: Step, { dim }: Colours): string[] {
  if (step.op !== "update" && step.op !== "replace") return [];
  const changes = propertyChanges(step);
  const lines = changes.slice(0, mostProperties).map((change) => `       ${visible(changeText(change))}`);
  const rest = changes.length - mostProperties;
  return rest > 0 ? [...lines, dim(`       and ${rest} more`)] : lines;
}

/** How one property changes. */
export function changeText({ path, ...change }: PropertyChange): string {
  if (change.isUncertain) return `${path}: ${valueText(change.after)}, which may change`;
  if (!("before" in change)) return `${path}: ${valueText(change.after)}, which it hasn't now`;
  if (!("after" in change)) return `${path}: ${valueText(change.before)} is removed`;
  const [before, after] = [valueText(change.before), valueText(change.after)];
  return before === after ? `${path}: changed` : `${path}: ${before} -> ${after}`;
}

function valueText(value: unknown): string {
  if (value === "[secret]") return "[secret]";
  if (value === "[unknown]") return "(known after deploy)";
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue - 3)}...` : text;
}
