import * as fc from "fast-check";
import type { Json } from "../../../provider/engine/kind";
import type { Converted, ConvertedDeployment } from "../../../recipes/prefectYaml/converted";

const odd = [
  ...[
    "",
    " ",
    "yes",
    "No",
    "on",
    "012",
    "0o17",
    "0x1F",
    "null",
    "~",
    "1e3",
    "1_000",
    ".5",
    ".inf",
    "-.NaN",
    "12:30:45",
    "2024-01-01",
  ],
  ...[
    "true",
    "y",
    "=",
    "<<",
    "*x",
    "&x",
    "!x",
    "!!str x",
    "%x",
    "@x",
    "`x`",
    "|",
    ">",
    "-",
    "- x",
    "--- x",
    "...",
    "?",
    "? x",
    ":",
    ": x",
  ],
  ...[
    "a: b",
    "a:",
    "a #b",
    "#",
    "a, b",
    "[a]",
    "{a}",
    "{{ x }}",
    "$${env:HOME}",
    "$${",
    "x$${y}",
    "'",
    '"',
    "\\",
    "a\\nb",
    "//",
  ],
  ...[
    "a\nb",
    "a\n\nb\n",
    "\na",
    "a\n b\n\tc",
    "a \nb",
    "a\nb\n\n",
    "# a\n- b: c",
    "a\r\nb",
    "a\tb",
    "\t",
    " a",
    "a ",
    "a  b",
    "x: |\n  y",
  ],
  ...[
    "\u0000",
    "\u001b[2J",
    "\u0085",
    "\u00a0",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\uffff",
    "\ud800",
    "\u{e0001}",
    "é\u0301",
    "\u0301",
    "😀",
    "👩‍💻",
  ],
  ...["constructor", "toString", "hasOwnProperty", "x".repeat(130), "x".repeat(1100)],
];
const text = fc
  .oneof(
    fc.constantFrom(...odd),
    fc.array(fc.constantFrom(...odd), { maxLength: 3 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.string({ maxLength: 12 }),
  )
  // nothing is filled in
  .map((given) => given.replaceAll(/\$*\{/g, (found) => (found === "{" ? found : "$${")));
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((one) => !Number.isInteger(one) || Number.isSafeInteger(one)),
  fc.constantFrom(0, -0, 1e-7, 5e-324, 0.1, 1e15, -1.5e300 / 7e299),
);
const { object } = fc.letrec<{ json: unknown; object: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("json"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc
    .array(
      fc.tuple(
        text.filter((key) => key !== "__proto__"),
        tie("json"),
      ),
      { maxLength: 4 },
    )
    .map((entries) => Object.fromEntries(entries)),
}));
const name = text.filter((given) => given !== "" && !/[/%&><]|\$\$\{|__proto__/.test(given));
const schedule = fc.record(
  {
    cron: fc.constantFrom("0 9 * * *", "@daily"),
    slug: text.filter((slug) => slug !== ""),
    timezone: fc.constant("Europe/Berlin"),
    dayOr: fc.boolean(),
    parameters: object,
  },
  { requiredKeys: ["cron"] },
);
const event = fc.record(
  {
    type: fc.constant("event" as const),
    posture: fc.constant("Reactive" as const),
    expect: fc.array(text),
    match: fc.dictionary(
      text.filter((key) => key !== "__proto__"),
      text,
    ),
    jobVariables: object,
    scheduleAfter: fc.nat(),
  },
  { requiredKeys: ["type", "posture"] },
);
const compound = fc.record({
  type: fc.constant("compound" as const),
  require: fc.constant("any" as const),
  triggers: fc.array(
    event.map(({ type, posture, expect, match }) => ({
      type,
      posture,
      ...(expect && { expect }),
      ...(match && { match }),
    })),
    { minLength: 1, maxLength: 2 },
  ),
});
const deployment = fc.record(
  {
    entrypoint: text,
    description: text,
    version: text.filter((one) => one !== ""),
    tags: fc.array(text, { maxLength: 3 }),
    parameters: object,
    schedules: fc.uniqueArray(schedule, { maxLength: 3, selector: ({ slug }) => slug ?? fc.sample(fc.uuid(), 1)[0] }),
    workPoolName: text,
    jobVariables: object,
    concurrencyLimit: fc.integer({ min: 1, max: 9 }),
    concurrencyOptions: fc.record({
      collisionStrategy: fc.constant("ENQUEUE" as const),
      gracePeriodSeconds: fc.constant(60),
    }),
    enforceParameterSchema: fc.boolean(),
    labels: fc.dictionary(
      text.filter((key) => key !== "__proto__"),
      text,
    ),
    pullSteps: fc.array(object, { maxLength: 2 }),
    parameterOpenapiSchema: fc.constant({ type: "object", $defs: { a_b: {}, aB: {} } }),
    triggers: fc.array(fc.oneof(event, compound), { maxLength: 2 }),
  },
  { requiredKeys: ["entrypoint"] },
);
const comments = fc.dictionary(
  fc.constantFrom("", "tags", "schedules", "parameters", "entrypoint", "nothing"),
  fc.array(text, { maxLength: 2 }),
);
/** Deployments of which many are the same in much, as those of a file are. */
export const arbitraryConverted: fc.Arbitrary<Converted> = fc
  .record({
    head: fc.array(text, { maxLength: 3 }),
    flows: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
    pool: fc.array(deployment, { minLength: 1, maxLength: 3 }),
    picks: fc.uniqueArray(
      fc.record({
        name,
        flow: fc.nat(),
        from: fc.nat(),
        change: fc.oneof(fc.constant({}), deployment),
        drops: fc.subarray(["tags", "schedules", "jobVariables", "labels"]),
        isKnownByName: fc.boolean(),
        comments,
      }),
      { maxLength: 8, selector: (pick) => pick.name },
    ),
  })
  .map(({ head, flows, pool, picks }) => ({
    head,
    deployments: picks.map(({ name, flow, from, change, drops, isKnownByName, comments }): ConvertedDeployment => {
      const { entrypoint, ...rest } = { ...pool[from % pool.length], ...change } as { entrypoint: string };
      const kept = Object.entries(rest).filter(([key]) => !drops.includes(key));
      return {
        flow: flows[flow % flows.length] ?? "",
        isKnownByName,
        deployment: { name, entrypoint, ...Object.fromEntries(kept) },
        comments: new Map(Object.entries(comments)),
      };
    }),
    notes: [],
  }))
  // fast-check's objects may have no prototype
  .map((converted) => structuredClone(converted));

const longText = fc.constantFrom("a".repeat(40), "b".repeat(50), "c\n".repeat(3), "d");
const { similar } = fc.letrec<{ similar: Json; part: unknown }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { arbitrary: longText, weight: 4 },
    tie("similar"),
    fc.array(tie("similar"), { maxLength: 2 }),
  ),
  similar: fc
    .subarray(["one", "two", "three", "four", "five", "six"], { minLength: 4 })
    .chain((keys) => fc.tuple(...keys.map((key) => fc.tuple(fc.constant(key), tie("part")))))
    .map((entries) => Object.fromEntries(entries)),
}));

/** Deployments whose parts are near-copies of each other, at any depth and in any place. */
export const arbitraryNearCopies: fc.Arbitrary<Converted> = fc
  .tuple(
    fc.array(similar, { minLength: 1, maxLength: 4 }),
    fc.array(fc.record({ parameters: fc.nat(), jobVariables: fc.nat(), inner: fc.option(fc.nat()) }), { maxLength: 8 }),
  )
  .map(([pool, picks]) => {
    const picked = (number: number) => pool[number % pool.length] ?? {};
    const deployments = picks.map(({ parameters, jobVariables, inner }, i) => ({
      flow: "f",
      isKnownByName: true,
      deployment: {
        name: `n${i}`,
        entrypoint: "x.py:x",
        parameters: { ...picked(parameters), ...(inner !== null && { one: picked(inner), seven: `${i % 3}` }) },
        jobVariables: picked(jobVariables),
      },
      comments: new Map<string, string[]>(),
    }));
    return structuredClone({ head: [], deployments, notes: [] });
  });
