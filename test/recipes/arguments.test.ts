import assert from "node:assert/strict";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  checkArguments,
  Deployer,
  type DeployerArgs,
  EksDaskDeployer,
  localCode,
  LocalRunDeployer,
  metadata,
  type RecipeDeployment,
  rules,
  transforms,
} from "../../index";
import { root } from "../../tools/root";
import { registeredIn } from "../support/registered";

const folder = path.join(root, "examples", "laptopToEks");
const deployment: RecipeDeployment = {
  name: "local-run",
  entrypoint: "elsewhere.py:add_two_numbers_flow",
  path: "flows",
  parameterOpenapiSchema: { type: "object", properties: {} },
};

/** A team's recipe that says what it takes. */
class TellingDeployer extends Deployer {
  constructor(name: string, args: DeployerArgs & { retries: number }, opts?: pulumi.ComponentResourceOptions) {
    checkArguments(`TellingDeployer "${name}"`, args, {
      retries: rules.natural,
      transform: transforms("pool"),
    });
    super("acme:recipes:TellingDeployer", name, args, [localCode(), metadata()], opts);
  }
}

/** A team's recipe that says nothing of it. */
class SilentDeployer extends Deployer {
  constructor(name: string, args: DeployerArgs & { retries?: number }, opts?: pulumi.ComponentResourceOptions) {
    super("acme:recipes:SilentDeployer", name, args, [localCode(), metadata()], opts);
  }
}

/** One that adds to a recipe of ours. */
class LargerDeployer extends LocalRunDeployer {
  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- it takes more
  constructor(name: string, args: DeployerArgs & { retries?: number }, opts?: pulumi.ComponentResourceOptions) {
    super(name, args, opts);
  }
}

type Recipe = new (name: string, args: never) => Deployer;
const make = (recipe: Recipe, args: unknown) => () =>
  new recipe("r", { deployments: [deployment], ...(args as object) } as never);

/** What a program says that fails, without a stack trace and with nothing registered. */
async function refusal(program: () => unknown, configuration: Record<string, string> = {}): Promise<string> {
  let message = "";
  const resources = await registeredIn(
    folder,
    () =>
      assert.throws(program, (error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.equal(error.stack, "");
        message = error.message;
        return true;
      }),
    { configuration },
  );
  assert.deepEqual(resources, []);
  return message;
}

const registered = (program: () => unknown) => registeredIn(folder, program);
const promised = async (): Promise<void> => {};

describe("the arguments of every recipe", () => {
  const recipes: [Recipe, object][] = [
    [LocalRunDeployer, {}],
    [EksDaskDeployer, {}],
    [TellingDeployer, { retries: 1 }],
    [SilentDeployer, {}],
    [LargerDeployer, {}],
  ];
  const wrong: [object, RegExp][] = [
    [{ env: "" }, /env: must not be empty nor hold any of \/ % & > <, not ""$/],
    [{ env: "a/b" }, /env: must not be empty nor hold any of \/ % & > <, not "a\/b"$/],
    [{ env: 7 }, /env: must be a string, not 7$/],
    [{ env: pulumi.output("dev") }, /env: must be known when the program runs, so it can't be an output$/],
    [{ tags: "a,b" }, /tags: must be a list of strings, not "a,b"$/],
    [{ tags: [1] }, /tags\[0\]: must be a string, not 1$/],
    [{ version: "" }, /version: must be a text or "auto", not ""$/],
    [{ version: 2 }, /version: must be a string, not 2$/],
    [{ transform: { deployment: "x" } }, /transform\.deployment: must be a function, not "x"$/],
    [{ deployments: [null] }, /deployments\[0\] must be an object with name and entrypoint, not null$/],
    [{ deployments: ["x"] }, /deployments\[0\] must be an object with name and entrypoint, not "x"$/],
  ];
  for (const [recipe, own] of recipes) {
    // what EKS makes is made before its deployments are looked at
    const rows = recipe === EksDaskDeployer ? wrong.slice(0, -2) : wrong;
    for (const [args, message] of rows) {
      it(`of ${recipe.name}, such as ${Object.keys(args)[0]} ${JSON.stringify(Object.values(args)[0])?.slice(0, 30)}`, async () => {
        assert.match(await refusal(make(recipe, { ...own, ...args })), message);
      });
    }
  }

  it("are no text", async () => {
    for (const [recipe] of recipes) {
      assert.match(
        await refusal(() => new recipe("r", "x" as never)),
        /Deployer "r": its arguments must be an object$/,
      );
    }
  });

  const named: [Recipe, object, RegExp][] = [
    [LocalRunDeployer, { evn: "prod" }, /^LocalRunDeployer "r": evn: there is no such argument; did you mean env\? /],
    [EksDaskDeployer, { evn: "prod" }, /^EksDaskDeployer "r": evn: there is no such argument; did you mean env\? /],
    [
      TellingDeployer,
      { retires: 3 },
      /^TellingDeployer "r": .*retires: there is no such argument; did you mean retries\? /,
    ],
    [TellingDeployer, { retries: -1 }, /^TellingDeployer "r": retries: must be an integer from 0 on, not -1$/],
    [
      LocalRunDeployer,
      { transform: { deploymnt: () => undefined } },
      /transform\.deploymnt: there is no such argument; did you mean deployment\? allowed are deployment, workPool, worker$/,
    ],
    [LocalRunDeployer, { transform: { workPool: {} } }, /transform\.workPool: must be a function, not \{\}$/],
    [LocalRunDeployer, { transform: [] }, /transform: must be an object of functions, not \[\]$/],
    [
      EksDaskDeployer,
      { transform: { buckte: () => undefined } },
      /transform\.buckte: there is no such argument; did you mean bucket\? /,
    ],
    [TellingDeployer, { retries: 1, transform: { worker: () => undefined } }, /transform\.worker: there is no such/],
  ];
  for (const [recipe, args, message] of named) {
    it(`are ${recipe.name}'s own, unlike ${JSON.stringify(args)}`, async () => {
      assert.match(await refusal(make(recipe, args)), message);
    });
  }

  it("may be more than these in a recipe that doesn't say what it takes, and in a class that extends one", async () => {
    const more = { retries: 1, transform: { deployment: () => undefined, pool: () => undefined } };
    for (const recipe of [SilentDeployer, TellingDeployer]) {
      assert.ok((await registered(make(recipe, more))).some(({ type }) => type === "Deployment"));
    }
    assert.ok((await registered(make(LargerDeployer, { retries: 1 }))).some(({ type }) => type === "Deployment"));
  });

  it("have transforms that give arguments", async () => {
    const gives = (given: unknown) => ({ transform: { workPool: () => given } });
    assert.match(
      await refusal(make(LocalRunDeployer, gives("x"))),
      /a transform gave "x"; let it change its argument in place, or return another object/,
    );
    assert.match(
      await refusal(make(LocalRunDeployer, { transform: { worker: promised } })),
      /a transform gave a promise/,
    );
  });
});

describe("the configuration of recipes", () => {
  const wrong: [Record<string, string>, RegExp][] = [
    [
      { "meta-prefect:evn": "prod" },
      /^meta-prefect:evn: there is no such setting; did you mean meta-prefect:env\? allowed are meta-prefect:env, /,
    ],
    [{ "meta-prefect:env": "a/b" }, /^meta-prefect:env \(or META_PREFECT__ENV\) is "a\/b", .* without \/ % & > <$/],
    [{ "meta-prefect:tags": "[1]" }, /^meta-prefect:tags \(or META_PREFECT__TAGS\) is \[1\]; give a JSON list/],
  ];
  for (const [configuration, message] of wrong) {
    it(`is no ${JSON.stringify(configuration)}`, async () => {
      assert.match(await refusal(make(LocalRunDeployer, {}), configuration), message);
    });
  }
});

describe("the arguments of a deployment in a recipe", () => {
  const made = async (recipe: Recipe, own: object) => {
    const resources = await registered(make(recipe, { deployments: [{ ...deployment, ...own }] }));
    const { inputs = {}, failures = [] } = resources.find(({ type }) => type === "Deployment") ?? {};
    return { inputs, failures };
  };
  const wrong: [object, string, RegExp][] = [
    [
      { scheduel: {} },
      "scheduel",
      /^there is no such argument; did you mean schedule\? allowed are name, .*, schedule, /,
    ],
    [{ entrypont: "a" }, "entrypont", /^there is no such argument; did you mean entrypoint\? /],
    [{ Tags: ["a"] }, "Tags", /did you mean tags\? /],
    [{ codeFolder: "/" }, "codeFolder", /^there is no such argument; /],
    [{ failures: [] }, "failures", /^there is no such argument; /],
    [{ tags: "a,b" }, "tags", /^must be a list of strings, not "a,b"$/],
    [{ cpu: "much" }, "cpu", /^must be a number of CPUs above 0, .*, not "much"$/],
    [{ memory: 5 }, "memory", /^must be at least "16Mi", .*, not 5$/],
    [{ dask: 5 }, "dask", /^must be an object, not 5$/],
    [{ path: 5 }, "path", /^must be a string, not 5$/],
    [{ schedules: pulumi.output([]) }, "schedules", /^must be known when the program runs/],
    [{ jobVariables: "env" }, "jobVariables", /^must be an object, not "env"$/],
    [{ jobVariables: { env: "A=1" } }, "jobVariables.env", /^must be an object, not "A=1"$/],
    [{ jobVariables: pulumi.output({}) }, "jobVariables", /^must be known when the program runs/],
    [{ pullSteps: {} }, "pullSteps", /^must be a list of steps, not \{\}$/],
  ];
  for (const [own, property, reason] of wrong) {
    it(`${JSON.stringify(own).slice(0, 50)} is wrong on the property, at preview`, async () => {
      const { failures, inputs } = await made(LocalRunDeployer, own);
      assert.deepEqual(
        failures.map((failure) => failure.property),
        [property],
      );
      assert.match(failures[0]?.reason ?? "", reason);
      // it says so once: what is wrong isn't an argument of the deployment as well
      assert.ok(!(property in inputs) || ["tags", "path", "jobVariables", "pullSteps"].includes(property));
    });
  }

  it("are those that the recipe's builders take: one without schedules() has no schedule", async () => {
    const { failures } = await made(SilentDeployer, { schedule: { interval: 60 } });
    assert.match(failures[0]?.reason ?? "", /^there is no such argument; did you mean schedules\? /);
  });

  it("may be a recipe's own, which its builder takes out of the plan", async () => {
    class OwnWordsDeployer extends Deployer {
      constructor(name: string, args: DeployerArgs) {
        const urgent = {
          build: (plan: RecipeDeployment & { urgent?: boolean }) => {
            const { urgent: isUrgent, ...rest } = plan;
            return { ...rest, tags: isUrgent ? ["urgent"] : [] };
          },
        };
        super("acme:recipes:OwnWordsDeployer", name, args, [localCode(), urgent, metadata()]);
      }
    }
    const { failures, inputs } = await made(OwnWordsDeployer, { urgent: true });
    assert.deepEqual([failures, inputs.tags], [[], ["urgent", "env=dev"]]);
  });

  it("may say what its runs need on Kubernetes, of which a recipe for this machine makes nothing", async () => {
    const { failures, inputs } = await made(LocalRunDeployer, { cpu: 2, memory: "4Gi", dask: { workers: 5 } });
    assert.deepEqual(failures, []);
    assert.deepEqual(
      ["cpu", "memory", "dask"].filter((name) => name in inputs),
      [],
    );
  });

  it("may be null, which is none", async () => {
    const { failures } = await made(LocalRunDeployer, { tags: null, path: null, schedules: null, unknown: undefined });
    assert.deepEqual(failures, []);
  });
});
