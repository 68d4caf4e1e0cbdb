import * as fc from "fast-check";
import { type Written, yamlOf } from "./written";

/** The variables of the environment that random files name and that are set; others they name aren't. */
export const randomEnvironment = {
  RANDOM_STAGE: "prod",
  RANDOM_NUMBER: "5",
  RANDOM_FLAG: "false",
  RANDOM_POOL: "free",
  RANDOM_STRATEGY: "ENQUEUE",
};

/** The flows of random files, in flows.py. */
export const randomFlows = `from prefect import flow


@flow
def first(a=None, b=None, c=None, d=None):
    """Takes what comes."""


@flow(name="the second")
def second(a=None, b=None, c=None, d=None): ...
`;

const raw = (text: string): Written => ({ raw: text });
const raws = (...texts: string[]) => fc.constantFrom(...texts.map(raw));
const written = (texts: fc.Arbitrary<string>): fc.Arbitrary<Written> =>
  fc.tuple(texts, fc.boolean()).map(([text, isSingle]) => ({ text, isSingle }));
const listOf = (item: fc.Arbitrary<Written>, most = 3): fc.Arbitrary<Written> =>
  fc.tuple(fc.array(item, { maxLength: most }), fc.boolean()).map(([list, isFlow]) => ({ list, isFlow }));

/**
 * Some of the fields, in any order, in a block or not.
 *
 * @param rare those that Prefect leaves out, so that something is said of each
 */
function fields(
  all: Record<string, fc.Arbitrary<Written>>,
  isAlways: string[] = [],
  rare: string[] = [],
): fc.Arbitrary<Written> {
  const keys = Object.keys(all);
  const usual = fc.subarray(keys.filter((key) => !isAlways.includes(key) && !rare.includes(key)));
  const unusual = fc.oneof(
    { weight: 15, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.subarray(rare) },
  );
  return fc
    .tuple(
      fc.record(all),
      fc.tuple(usual, unusual).map((some) => some.flat()),
      fc.boolean(),
    )
    .map(([values, some, isFlow]) => ({
      mapping: keys
        .filter((key) => isAlways.includes(key) || some.includes(key))
        .map((key): [string, Written] => [key, (values as Record<string, Written>)[key] ?? raw("null")]),
      isFlow,
    }));
}

/** Mostly what is right, at times something else. */
const mostly = (right: fc.Arbitrary<Written>, other: fc.Arbitrary<Written>) =>
  fc.oneof({ weight: 60, arbitrary: right }, { weight: 1, arbitrary: other });

const placeholder = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.constantFrom(
      "{{ $RANDOM_STAGE }}",
      "{{$RANDOM_NUMBER}}",
      "{{ RANDOM_STAGE }}",
      "{{ prefect.variables.region }}",
      "{{ prefect.variables.retries }}",
      "{{ prefect.variables.flag }}",
      "{{ prefect.variables.limits }}",
      "{{ prefect.variables.zones }}",
      "{{ prefect.blocks.s3-bucket.code.bucket_name }}",
      "{{ b.image }}",
      "{{ b.tag }}",
      "{{ image_name }}",
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "{{ $RANDOM_NOT_SET }}",
      "{{ RANDOM_NOT_SET }}",
      "{{ prefect.variables.not-there }}",
      "{{ prefect.variables.limits.cpu }}",
      "{{ prefect.variables.nothing }}",
      "{{ prefect.blocks.s3-bucket.code }}",
      "{{ nothing.here }}",
      "{{ b }}",
      "{{ b.nothing }}",
      "{{ b.additional_tags[0] }}",
      "{{ ctx.flow_run.id }}",
      "{{ event.resource.name }}",
      "{{ $RANDOM_STAGE | upper }}",
      "{{ two words }}",
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom("{{ prefect.blocks.secret.nope }}", "{{ prefect.blocks.secret }}") },
);
const words = fc.constantFrom("a", "two words", "x: y", "it's", 'a "b"', "é", "1.0", "true", "#no", "", "null");
const templates = fc.oneof(
  placeholder,
  fc.tuple(words, placeholder).map(([word, one]) => `${word}-${one}`),
  fc.tuple(placeholder, placeholder).map(([one, other]) => `${one}/${other} `),
);
const anyText = fc.oneof({ weight: 4, arbitrary: words }, { weight: 2, arbitrary: templates });
const oddScalar = raws(
  "5",
  "1.5",
  "true",
  "no",
  "~",
  "null",
  "2024-01-01",
  "12:30:45",
  "0o17",
  "017",
  "1_000",
  "1e3",
  ".5",
);
const scalar = fc.oneof({ weight: 2, arbitrary: written(anyText) }, { weight: 1, arbitrary: oddScalar });
const anything: fc.Arbitrary<Written> = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    { weight: 3, arbitrary: scalar },
    { weight: 1, arbitrary: listOf(tie("value")) },
    {
      weight: 1,
      arbitrary: fields({
        a: tie("value"),
        "5": tie("value"),
        yes: tie("value"),
        "'{{ $RANDOM_STAGE }}'": tie("value"),
      }),
    },
  ),
})).value;
const wrong = fc.oneof(oddScalar, raws("[]", "{}", "[a]", "{ a: b }", "''"));
const text = mostly(written(anyText), wrong);
const flag = mostly(raws("true", "false", "yes", "'no'", "null", "1"), fc.oneof(wrong, written(templates)));

const schedule = fc
  .tuple(
    fc.oneof(
      fields(
        {
          cron: mostly(raws("0 9 * * *", "'@daily'", "'0 {{ $RANDOM_NUMBER }} * * *'"), wrong),
          day_or: flag,
        },
        ["cron"],
      ),
      fields(
        {
          interval: mostly(raws("3600", "PT1H", "'01:00:00'", "12:30:45", "1800.5"), wrong),
          anchor_date: mostly(
            raws("'2024-01-01T07:00:00'", "'2024-01-01'", "2024-01-01", "'2024-01-01T07:00:00+02:00'"),
            wrong,
          ),
        },
        ["interval"],
      ),
      fields({ rrule: mostly(raws("FREQ=DAILY", `'{"rrule": "FREQ=DAILY", "timezone": "US/Eastern"}'`), wrong) }, [
        "rrule",
      ]),
    ),
    fields({
      timezone: mostly(raws("Europe/Berlin", "UTC", "null", "'{{ prefect.variables.zone }}'"), wrong),
      active: mostly(flag, raws("'{{ $RANDOM_FLAG }}'", "'{{ prefect.variables.flag }}'")),
      slug: mostly(raws("null", "'s{{ $RANDOM_STAGE }}'", "x"), wrong),
      parameters: mostly(fields({ a: anything, b: anything }), wrong),
    }),
    mostly(fc.constant(raw("")), raws("max_active_runs: 1", "catchup: false", "foo: bar", "max_scheduled_runs: 3")),
  )
  .map(([kind, common, odd]): Written => {
    const [first, second] = [kind, common] as { mapping: [string, Written][]; isFlow: boolean }[];
    const [key, value] = (odd as { raw: string }).raw.split(": ");
    const more: [string, Written][] = key && value ? [[key, raw(value)]] : [];
    return { mapping: [...(first?.mapping ?? []), ...(second?.mapping ?? []), ...more], isFlow: first?.isFlow ?? true };
  });

const within = mostly(raws("60", "0", "PT1M", "'00:01:00'", "1:00", "12.5"), wrong);
const resources = mostly(
  fields({ "prefect.resource.id": written(anyText), kind: listOf(written(anyText)) }),
  fc.oneof(wrong, listOf(fields({ a: written(words) }))),
);
const events = mostly(listOf(written(fc.oneof(fc.constantFrom("random.event", "random.other"), templates))), wrong);
const eventTrigger = fields(
  {
    // no event of the server's own, at which runs would be made
    expect: events,
    type: mostly(raws("event"), wrong),
    posture: mostly(raws("Reactive", "Proactive"), wrong),
    within,
    match: resources,
    match_related: resources,
    after: events,
    for_each: events,
    threshold: mostly(raws("1", "'2'"), wrong),
  },
  [],
);
const composedTrigger = fields(
  {
    type: mostly(raws("compound", "sequence"), wrong),
    triggers: fc.array(eventTrigger, { minLength: 1, maxLength: 2 }).map((list): Written => ({ list, isFlow: true })),
    require: mostly(raws("all", "any", "1"), wrong),
    within,
  },
  ["triggers"],
);
const trigger = fc
  .tuple(
    fc.oneof(eventTrigger, composedTrigger),
    fields(
      {
        name: text,
        description: text,
        parameters: mostly(fields({ a: anything, b: anything }), wrong),
        job_variables: mostly(fields({ env: fields({ A: written(anyText) }) }), wrong),
        schedule_after: within,
        unknown: wrong,
      },
      [],
      ["unknown"],
    ),
  )
  .map(([one, other]): Written => {
    const [first, second] = [one, other] as { mapping: [string, Written][]; isFlow: boolean }[];
    // a trigger that nothing restricts makes runs for ever
    const mapping: [string, Written][] = [
      ...(first?.mapping ?? []),
      ...(second?.mapping ?? []),
      ["enabled", raw("false")],
    ];
    return { mapping, isFlow: first?.isFlow ?? true };
  });

const pullStep = fc.oneof(
  fields(
    { "prefect.deployments.steps.set_working_directory": fields({ directory: written(anyText) }, ["directory"]) },
    ["prefect.deployments.steps.set_working_directory"],
  ),
  fields(
    {
      "prefect.deployments.steps.git_clone": fields({
        id: raws("clone-step"),
        repository: written(anyText),
        branch: written(anyText),
        more: anything,
      }),
    },
    ["prefect.deployments.steps.git_clone"],
  ),
);
const pull = mostly(listOf(pullStep, 2), fc.oneof(wrong, pullStep));
const build: Written = {
  list: [
    raw(
      "prefect_docker.deployments.steps.build_docker_image: { id: b, image_name: r/i, tag: v1, additional_tags: [latest] }",
    ),
  ],
  isFlow: false,
};

const pool = mostly(
  fields(
    {
      name: mostly(raws("free", "'{{ $RANDOM_POOL }}'", "'{{ RANDOM_POOL }}'"), fc.oneof(wrong, written(templates))),
      work_queue_name: mostly(raws("null", "default", "quick", "''"), fc.oneof(wrong, written(templates))),
      job_variables: mostly(
        fields({
          env: fields({ A: written(anyText), B: written(anyText) }),
          image: written(anyText),
          labels: anything,
          other: anything,
        }),
        wrong,
      ),
      other: wrong,
    },
    ["name"],
    ["other"],
  ),
  wrong,
);
const deployment = fields(
  {
    name: mostly(raws("one", "'two {{ $RANDOM_STAGE }}'", "three.py", "'four {{ b.tag }}'"), fc.oneof(wrong, text)),
    entrypoint: mostly(
      raws("flows.py:first", "./flows.py:second", "flows:first", "flows.second"),
      fc.oneof(wrong, raws("flows.py:no", "no.py:f", "flows.py")),
    ),
    work_pool: pool,
    version: text,
    description: text,
    tags: mostly(listOf(mostly(written(anyText), anything)), fc.oneof(wrong, written(anyText))),
    parameters: mostly(fields({ a: anything, b: anything, c: anything, d: anything }), fc.oneof(wrong, anything)),
    enforce_parameter_schema: flag,
    paused: flag,
    concurrency_limit: mostly(
      raws(
        "3",
        "'4'",
        "null",
        "{ limit: 2, collision_strategy: ENQUEUE }",
        "{ limit: 2, collision_strategy: '{{ $RANDOM_STRATEGY }}' }",
      ),
      fc.oneof(wrong, raws("{ limit: 2 }", "'{{ $RANDOM_NUMBER }}'", "0", "{ collision_strategy: CANCEL_NEW }")),
    ),
    schedules: mostly(listOf(schedule, 2), wrong),
    triggers: mostly(listOf(trigger, 2), wrong),
    pull,
    flow_name: mostly(written(words), wrong),
    env: fields({ A: written(anyText) }),
    is_schedule_active: flag,
  },
  ["name", "entrypoint", "work_pool"],
  ["flow_name", "env", "is_schedule_active"],
);

/** Texts of prefect.yaml files of any kind that people write, right and wrong, in the styles of YAML. */
export const randomFiles: fc.Arbitrary<string> = fc
  .tuple(
    fc.record({
      isBuilt: fc.boolean(),
      hasPull: fc.boolean(),
      pull,
      other: mostly(fc.constant(raw("")), raws("5", "a")),
    }),
    fc.array(deployment, { minLength: 1, maxLength: 2 }),
  )
  .map(([top, deployments]) => {
    const mapping: [string, Written][] = [
      ...(top.isBuilt ? [["build", build] as [string, Written]] : []),
      ...(top.hasPull ? [["pull", top.pull] as [string, Written]] : []),
      ["name", top.other],
      ["deployments", { list: deployments, isFlow: false }],
    ];
    return `${yamlOf({ mapping, isFlow: false }).trimStart()}\n`;
  });
