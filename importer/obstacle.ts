import * as creation from "../provider/engine/creation";
import * as lifecycle from "../provider/engine/lifecycle";
import { essentials } from "./essentials";
import type { Item } from "./inventory";
import { uncarried } from "./uncarried";

/** Why an item can't be taken over without a change; undefined when it can. */
export function obstacle(item: Item, all: Item[]): string | undefined {
  const { kind, args } = item;
  const loss = uncarried(args);
  if (loss !== undefined) return loss;
  if (
    kind.type === "Automation" &&
    all.some((other) => other !== item && other.kind.type === kind.type && other.args.name === args.name)
  ) {
    return "there are several of that name; rename or delete all but one";
  }
  const { inputs, failures } = lifecycle.check(kind, undefined, { ...essentials(item), adopt: true }, {});
  const [failure] = failures;
  if (failure) return `${failure.property} ${failure.reason}`;
  const { changed } = creation.compare(kind, inputs, item.remote);
  if (changed.length > 0) return `its ${changed.join(" and ")} can't be expressed as it is`;
  return undefined;
}
