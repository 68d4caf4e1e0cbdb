const modes = ["import", "static"] as const;

/** How flows are read: by an import of their files in Python, or from their text, of which nothing is executed. */
export type FlowsMode = (typeof modes)[number];

/**
 * How flows are read.
 *
 * @default "import"
 * @throws Error when META_PREFECT__FLOWS is neither
 */
export function flowsMode({ META_PREFECT__FLOWS: given }: NodeJS.ProcessEnv): FlowsMode {
  const mode = given ? modes.find((known) => known === given) : "import";
  if (mode) return mode;
  throw new Error(
    `META_PREFECT__FLOWS is ${JSON.stringify(given)}; give "import", the default, to read flows by an import, ` +
      'or "static" to read them from their text and execute nothing',
  );
}
