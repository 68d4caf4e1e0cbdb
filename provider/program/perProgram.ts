import { getMonitor } from "@pulumi/pulumi/runtime/settings";

/** A value of each run of a program, made when it is first asked for; tests run several in one process. */
export function perProgram<Value>(make: () => Value): () => Value {
  const values = new WeakMap<object, { value: Value }>();
  return () => {
    const program = getMonitor() as object;
    const known = values.get(program) ?? { value: make() };
    values.set(program, known);
    return known.value;
  };
}
