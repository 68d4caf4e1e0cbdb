import type { Json } from "../wireValues";

/**
 * The policy without its statements that hold under a condition: moto would apply them always, so that "deny what doesn't come
 * over TLS" would deny all.
 */
export function withoutConditions(text: string): { unconditional: string; isEmpty: boolean } {
  const policy = JSON.parse(text) as { Statement: Json[] };
  const Statement = [policy.Statement].flat().filter(({ Condition }) => Condition === undefined);
  return { unconditional: JSON.stringify({ ...policy, Statement }), isEmpty: Statement.length === 0 };
}
