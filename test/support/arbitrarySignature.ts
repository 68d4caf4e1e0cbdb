import fc from "fast-check";

/** A Python type, as a text. */
interface PythonType {
  /** The annotation; empty for none. */
  annotation: string;
  /** Classes that it needs, each a text. */
  classes: readonly string[];
  /** JSON values that are meant to fit it. */
  values: fc.Arbitrary<unknown>;
}

/** The signature of a flow's function, and parameters that may or may not fit it. */
export interface Signature {
  /** Text that defines the function `f`. */
  source: string;
  /** Whether it takes more than it names. */
  takesMore: boolean;
  /** Parameters that a deployment has of its own. */
  own: Record<string, unknown>;
  /** What callers give. */
  given: Record<string, unknown>[];
}

const names = ["day", "date", "x", "required", "nullable", "properties"];
const text = fc.constantFrom("", "a", "aaa", "b", "1", "ä€");
const whole = fc.constantFrom(-1, 0, 1, 2, 5, 7);

/** Values that fit now and then. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  text,
  whole,
  fc.constantFrom<unknown>(null, true, false, 1.5, [], {}, [1], [1, "a"], { n: 1 }, { a: 1 }, { kind: "a1" }, [
    "a",
    "a",
  ]),
);

const plain = (annotation: string, values: fc.Arbitrary<unknown>): fc.Arbitrary<PythonType> =>
  fc.constant({ annotation, classes: [], values });

let classes = 0;

const { type } = fc.letrec<{ type: PythonType; leaf: PythonType; nested: PythonType }>((tie) => ({
  leaf: fc.oneof(
    plain("int", whole),
    plain("float", fc.constantFrom(0.5, 2, -1)),
    plain("bool", fc.boolean()),
    plain("str", text),
    plain("", junk),
    plain("Any", junk),
    plain("datetime.date", fc.constant("2026-01-02")),
    plain("datetime.timedelta", fc.constant("PT1H")),
    plain('Literal["a", 1, None]', fc.constantFrom("a", 1, null)),
    plain('Literal["b"]', fc.constant("b")),
    plain("Annotated[int, Field(ge=0, le=5)]", whole),
    plain("Annotated[int, Field(gt=0, multiple_of=2)]", whole),
    plain('Annotated[str, Field(pattern="^a+$")]', text),
    plain("Annotated[str, Field(min_length=1, max_length=2)]", text),
    plain("Annotated[list[int], Field(min_length=1)]", fc.array(whole, { maxLength: 2 })),
    plain("set[int]", fc.array(whole, { maxLength: 3 })),
    fc.constant({
      annotation: "Colour",
      classes: ['class Colour(enum.Enum):\n  red = "a"\n  blue = 2'],
      values: fc.constantFrom("a", 2),
    }),
    fc.constant({
      annotation: 'Annotated[Union[A1, A2], Field(discriminator="kind")]',
      classes: [
        'class A1(BaseModel):\n  kind: Literal["a1"]\n  n: int',
        'class A2(BaseModel):\n  kind: Literal["a2"]\n  n: Optional[str] = None',
      ],
      values: fc.record({ kind: fc.constantFrom("a1", "a2"), n: fc.oneof(whole, text) }),
    }),
  ),
  nested: fc.oneof(
    tie("type").map((of) => ({
      ...of,
      annotation: `list[${given(of)}]`,
      values: fc.array(of.values, { maxLength: 2 }),
    })),
    tie("type").map((of) => ({
      ...of,
      annotation: `dict[str, ${given(of)}]`,
      values: fc.dictionary(fc.constantFrom("a", "n"), of.values, { maxKeys: 2 }),
    })),
    tie("type").map((of) => ({
      ...of,
      annotation: `Optional[${given(of)}]`,
      values: fc.oneof(of.values, fc.constant(null)),
    })),
    fc.tuple(tie("type"), tie("type")).map(([one, other]) => ({
      annotation: `Union[${given(one)}, ${given(other)}]`,
      classes: [...one.classes, ...other.classes],
      values: fc.oneof(one.values, other.values),
    })),
    fc.tuple(tie("type"), tie("type")).map(([one, other]) => ({
      annotation: `tuple[${given(one)}, ${given(other)}]`,
      classes: [...one.classes, ...other.classes],
      values: fc.tuple(one.values, other.values),
    })),
    fc.tuple(tie("type"), tie("type"), fc.constantFrom("open", "closed", "typed")).map(([one, other, form]) => {
      const name = `M${classes++}`;
      const head = form === "typed" ? `class ${name}(TypedDict):` : `class ${name}(BaseModel):`;
      const lines = [
        head,
        ...(form === "closed" ? ['  model_config = {"extra": "forbid"}'] : []),
        `  n: ${given(one)}`,
        form === "typed" ? `  a: NotRequired[${given(other)}]` : `  a: ${given(other)} = None`,
      ];
      return {
        annotation: name,
        classes: [...one.classes, ...other.classes, lines.join("\n")],
        values: fc.record({ n: one.values, a: other.values, b: junk }, { requiredKeys: [] }),
      };
    }),
  ),
  type: fc.oneof({ maxDepth: 2, withCrossShrink: true }, tie("leaf"), tie("nested")),
}));

function given({ annotation }: PythonType): string {
  return annotation === "" ? "Any" : annotation;
}

const parameter = fc.record({ type, isRequired: fc.boolean(), default: fc.constantFrom("None", "None", "0", '"a"') });

/** Functions with a few parameters of any types that Prefect makes a schema of. */
export const signature: fc.Arbitrary<Signature> = fc
  .tuple(
    fc.subarray(names, { maxLength: 3 }),
    fc.array(parameter, { minLength: 3, maxLength: 3 }),
    fc.constantFrom(true, false, false, false),
  )
  .chain(([taken, types, takesMore]) => {
    const all = taken.flatMap((name, i) => {
      const each = types[i];
      return each ? [{ name, ...each }] : [];
    });
    const inOrder = [...all.filter(({ isRequired }) => isRequired), ...all.filter(({ isRequired }) => !isRequired)];
    const written = inOrder.map(({ name, type, isRequired, default: value }) => {
      const annotated = type.annotation === "" ? name : `${name}: ${type.annotation}`;
      return isRequired ? annotated : `${annotated} = ${value}`;
    });
    const lines = [
      ...new Set(all.flatMap(({ type }) => type.classes)),
      `def f(${[...written, ...(takesMore ? ["**kwargs"] : [])].join(", ")}): ...`,
    ];
    // mostly what fits, for a flow that refuses all tells little
    const fitting = Object.fromEntries(
      all.map(({ name, type }) => [
        name,
        fc.oneof({ weight: 4, arbitrary: type.values }, { weight: 1, arbitrary: junk }),
      ]),
    );
    const more = takesMore ? { kwargs: fc.constant({}) } : {};
    const parameters = fc.oneof(
      { weight: 3, arbitrary: fc.record({ ...fitting, ...more }) },
      { weight: 2, arbitrary: fc.record({ ...fitting, ...more, other: junk }, { requiredKeys: [] }) },
    );
    return fc.record({
      source: fc.constant(lines.join("\n")),
      takesMore: fc.constant(takesMore),
      own: fc.oneof(fc.constant({}), fc.record(fitting, { requiredKeys: [] })),
      given: fc.array(parameters, { minLength: 3, maxLength: 3 }),
    });
  });
