import { withoutUsual } from "../provider/api/json";
import { initialValues } from "../provider/engine/field";
import type { Json } from "../provider/engine/kind";
import type { Item } from "./inventory";

/** The arguments that a person would write: those that aren't Prefect's defaults. */
export function essentials({ kind, args }: Pick<Item, "kind" | "args">): Json {
  return withoutUsual({ ...(kind.asWritten?.(args) ?? args) }, initialValues(kind.fields));
}
