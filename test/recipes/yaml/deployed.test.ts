import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  deployFromYaml,
  EksDaskDeployer,
  LocalRunDeployer,
  type RecipeDeployment,
  type ScheduleArgs,
  type YamlOptions,
} from "../../../index";
import type { Hints } from "../../../provider/engine/kind";
import { aloneInEachTest, programFolder, registered } from "../../support/eksDask/deployed";
import { readable } from "../../support/eksDask/made";
import type { Json, Registered } from "../../support/registered";
import { NightlyDeployer } from "../nightlyDeployer";
import { documented, nightlyModule } from "./documented";

const flows = `from prefect import flow
@flow
def add_two_numbers_flow(x: int, y: int = 2):
    """Adds."""
    return x + y
@flow(name="Sums of all")
def sums(): ...
`;

const write = (name: string, text: string) => {
  fs.mkdirSync(path.dirname(path.join(programFolder, name)), { recursive: true });
  fs.writeFileSync(path.join(programFolder, name), text);
};
const deploy = (text: string, env = "dev", options?: YamlOptions) => {
  write("meta_prefect.yaml", text);
  return made(() => deployFromYaml(undefined, options), env);
};
const made = async (program: () => unknown, env = "dev") => {
  const resources = await registered(program, { "meta-prefect:env": env });
  return (await readable(resources)) as Registered[];
};
const deployments = (resources: Registered[]) => resources.filter(({ type }) => type === "Deployment");
const inputs = async (variables: string, env = "dev", more = "") => {
  const text = `deployments:\n  add-two-numbers-flow:\n    - recipe: local_run_deployer\n      variables: { name: n, ${variables} }\n${more}`;
  return deployments(await deploy(text, env))[0]?.inputs ?? {};
};
async function refusal(text: string, env = "dev", options?: YamlOptions): Promise<string> {
  let message = "";
  write("meta_prefect.yaml", text);
  const program = () =>
    assert.throws(
      () => deployFromYaml(undefined, options),
      (error) => {
        assert.ok(pulumi.RunError.isInstance(error), String(error));
        message = error.message;
        return true;
      },
    );
  assert.deepEqual(await made(program, env), []);
  return message;
}

describe("deployFromYaml", () => {
  aloneInEachTest();
  beforeEach(() => {
    process.env.META_PREFECT__FLOWS = "static";
    write("flows.py", flows);
    write("recipes/nightly.ts", nightlyModule);
  });

  const sameInTypeScript = (env: string) => {
    const schedule: ScheduleArgs = { rrule: "FREQ=DAILY;BYDAY=MO,WE,FR,SA", timezone: "US/Pacific" };
    const deployment: RecipeDeployment = { name: "local-run", entrypoint: "flows.py:add_two_numbers_flow", schedule };
    if (env !== "prod") return new LocalRunDeployer("local_run_deployer", { deployments: [deployment] });
    return new EksDaskDeployer("eks_dask_deployer", {
      deployments: [{ ...deployment, schedule: { ...schedule, active: true } }],
      ...{ cpu: 0.8, memory: "1.5Gi", dask: { workers: 5 } },
    });
  };
  for (const env of ["dev", "prod"]) {
    it(`registers just what the same program in TypeScript does in ${env}`, async () => {
      const expected = await made(() => sameInTypeScript(env), env);
      assert.deepEqual(await deploy(documented, env), expected);
      const [deployment] = deployments(expected);
      assert.equal(deployment?.inputs.name, `local-run-${env}`);
      assert.equal(deployment?.failures, undefined);
    });
  }

  it("takes what the stack of another folder's program registers as its own", async () => {
    const here = await deploy(documented);
    const program = () => {
      fs.mkdirSync(".meta-prefect");
      process.chdir(".meta-prefect");
      deployFromYaml("../meta_prefect.yaml");
    };
    assert.deepEqual(await made(program), here);
  });

  it("gives the deployers, in the order in which their recipes are first used", async () => {
    const text = documented.replace(
      /^recipes:/m,
      "  Sums of all:\n    - { recipe: eks_dask_deployer, variables: { name: a } }\n    - { recipe: local_run_deployer, variables: { name: b } }\nrecipes:",
    );
    write("meta_prefect.yaml", text);
    await made(() => {
      const deployers = deployFromYaml();
      assert.deepEqual(
        deployers.map(({ constructor }) => constructor),
        [LocalRunDeployer, EksDaskDeployer],
      );
      assert.deepEqual(
        deployers.map(({ deployments }) => deployments.length),
        [2, 1],
      );
    });
  });

  it("takes names in camelCase and in snake_case, and free-form data as it is", async () => {
    const written = await inputs(
      'job_variables: { env: { A_b: "1", a_b: null } }, schedules: [{ cron: 0 9 * * *, day_or: false, max_scheduled_runs: 3, parameters: { dayOr: 1, day_or: 2 } }], ' +
        "concurrency_options: { collision_strategy: ENQUEUE, gracePeriodSeconds: 60 }, concurrencyLimit: 2, parameters: { x: 1, some_thing: { camelCase: [1] } }, work_pool_name: etl",
    );
    assert.deepEqual(written.jobVariables, { env: { A_b: "1", a_b: null, META_PREFECT__ENV: "dev" } });
    assert.deepEqual(written.schedules, [
      { cron: "0 9 * * *", dayOr: false, maxScheduledRuns: 3, parameters: { dayOr: 1, day_or: 2 }, active: false },
    ]);
    assert.deepEqual(written.concurrencyOptions, { collisionStrategy: "ENQUEUE", gracePeriodSeconds: 60 });
    assert.deepEqual(written.parameters, { x: 1, some_thing: { camelCase: [1] } });
    assert.deepEqual([written.concurrencyLimit, written.workPoolName], [2, "etl"]);
  });

  it("takes the names of triggers in both spellings, but not those of labels", async () => {
    const trigger =
      "{ type: compound, require: any, schedule_after: 5, job_variables: { some_key: 1 }, triggers: [{ type: event, posture: Reactive, for_each: [a.b], match_related: { some.label_name: a } }] }";
    await inputs(`triggers: [${trigger}]`);
    const automation = (await made(() => deployFromYaml())).find(({ type }) => type === "Automation");
    assert.deepEqual(automation?.inputs.trigger, {
      type: "compound",
      require: "any",
      triggers: [{ type: "event", posture: "Reactive", forEach: ["a.b"], matchRelated: { "some.label_name": "a" } }],
    });
    const [run] = automation.inputs.actions as Json[];
    assert.deepEqual([run?.scheduleAfter, run?.jobVariables], [5, { some_key: 1 }]);
  });

  describe("merges overlays", () => {
    const overlay = async (base: string, environments: string, env: string) =>
      inputs(base, env, `      environments: { ${environments} }\n`);
    const rows: [what: string, base: string, environments: string, env: string, expected: Json][] = [
      [
        "deeply",
        "parameters: { x: 1, y: { a: 1, b: 2 } }",
        "prod: { variables: { parameters: { y: { b: 3 } } } }",
        "prod",
        { parameters: { x: 1, y: { a: 1, b: 3 } } },
      ],
      [
        "in another spelling",
        "jobVariables: { a: 1 }",
        "prod: { variables: { job_variables: { b: 2 } } }",
        "prod",
        { jobVariables: { a: 1, b: 2, env: { META_PREFECT__ENV: "prod" } } },
      ],
      [
        "with lists in the place of lists",
        "parameters: { x: [1, 2] }",
        "prod: { variables: { parameters: { x: [3] } } }",
        "prod",
        { parameters: { x: [3] } },
      ],
      [
        "with null, which removes",
        "parameters: { x: 1, y: 2 }, description: a",
        "prod: { variables: { parameters: { y: null }, description: } }",
        "prod",
        { parameters: { x: 1 } },
      ],
      [
        "with null inside what is new",
        "path: .",
        "prod: { variables: { parameters: { y: null, x: 1 } } }",
        "prod",
        { parameters: { x: 1 } },
      ],
      [
        "into nothing where a text was",
        "parameters: { x: a }",
        "prod: { variables: { parameters: { x: { y: 1 } } } }",
        "prod",
        { parameters: { x: { y: 1 } } },
      ],
      [
        "in no other environment",
        "parameters: { x: 1 }",
        "prod: { variables: { parameters: { x: 2 } } }",
        "dev",
        { parameters: { x: 1 } },
      ],
      [
        "by a pattern",
        "parameters: { x: 1 }",
        '"pr-*": { variables: { parameters: { x: 2 } } }',
        "pr-7",
        { parameters: { x: 2 } },
      ],
      [
        "by the longest pattern",
        "parameters: { x: 1 }",
        '"*": { variables: { parameters: { x: 2 } } }, "pr-*": { variables: { parameters: { x: 3 } } }, "p*": false',
        "pr-7",
        { parameters: { x: 3 } },
      ],
      [
        "by the exact name first",
        "parameters: { x: 1 }",
        '"pr-*": { variables: { parameters: { x: 2 } } }, pr-7: { variables: { parameters: { x: 3 } } }',
        "pr-7",
        { parameters: { x: 3 } },
      ],
      [
        "by a pattern with dots that are dots",
        "parameters: { x: 1 }",
        '"a.b*": { variables: { parameters: { x: 2 } } }',
        "axbc",
        { parameters: { x: 1 } },
      ],
    ];
    for (const [what, base, environments, env, expected] of rows) {
      it(what, async () => {
        const written = await overlay(base, environments, env);
        for (const [key, value] of Object.entries(expected)) assert.deepEqual(written[key], value);
        if (what.startsWith("with null, ")) assert.equal(written.description, "Adds.");
      });
    }

    it("and leaves out by false", async () => {
      assert.deepEqual(await overlay("path: .", '"*": false, dev: {}', "prod"), {});
      assert.equal((await overlay("path: .", '"*": false, dev: {}', "dev")).name, "n-dev");
    });

    it("unless two patterns are equally long", async () => {
      const text = (env: string) =>
        `deployments:\n  Sums of all:\n    - { recipe: local_run_deployer, variables: { name: n }, environments: { "pr-*": {}, "*-eu": ${env} } }`;
      assert.match(
        await refusal(text("{}"), "pr-1-eu"),
        /3:77: the patterns "pr-\*" and "\*-eu" are equally long and both match "pr-1-eu"; write "pr-1-eu" itself/,
      );
    });
  });

  describe("fills in", () => {
    it("the environment's variables, whole or inside a text, and nothing of Prefect's own templates", async () => {
      process.env.REGION = "eu";
      const written = await inputs(
        'description: "${env:REGION}", parameters: { x: "a-${env:REGION}-$${env:REGION}-{{ prefect.variables.a }}-$$5" }',
      );
      assert.equal(written.description, "eu");
      assert.deepEqual(written.parameters, { x: "a-eu-${env:REGION}-{{ prefect.variables.a }}-$$5" });
    });

    const withConfig = (text: string, configuration: Json, secrets: string[] = []) => {
      write("meta_prefect.yaml", text);
      return registered(() => {
        pulumi.runtime.setAllConfig(
          { ...pulumi.runtime.allConfig(), ...(configuration as Record<string, string>) },
          secrets,
        );
        deployFromYaml();
      });
    };
    const text = (variables: string) =>
      `deployments:\n  sums-flow:\n    - recipe: local_run_deployer\n      variables: { name: n, entrypoint: "flows.py:sums", ${variables} }`;

    it("the stack's configuration, in which a secret stays one", async () => {
      const variables =
        'description: "${config:note}", job_variables: { env: { A: "${config:acme:a}", T: "x ${config:token}" } }';
      const configuration = { "project:note": "seen", "acme:a": "1", "project:token": "hush" };
      const resources = await withConfig(text(variables), configuration, ["project:token"]);
      const [found] = deployments(resources);
      assert.equal(found?.inputs.description, "seen");
      // beside the mocks, a secret is one by itself
      assert.deepEqual(await readable(found.inputs.jobVariables), {
        secret: { env: { A: "1", T: "x hush", META_PREFECT__ENV: "dev" } },
      });
      assert.deepEqual(found.hints?.secrets, ["/jobVariables/env/T"]);
    });

    it("no secret where all can see it", async () => {
      await assert.rejects(
        withConfig(text('tags: ["${config:token}"]'), { "project:token": "hush" }, ["project:token"]),
        (error: Error) => {
          assert.match(
            error.message,
            /^meta_prefect\.yaml:4:\d+: \$\{config:token\} is a secret, and what stands here is for all to see; set it without --secret, or use another$/m,
          );
          return !error.message.includes("hush");
        },
      );
    });

    const missing: [string, RegExp][] = [
      [
        "${env:NOWHERE}",
        /^meta_prefect\.yaml:4:71: \$\{env:NOWHERE\}: the environment has no variable NOWHERE; set it$/m,
      ],
      [
        "${config:nowhere}",
        /^meta_prefect\.yaml:4:71: \$\{config:nowhere\}: the configuration of stack "dev" has no project:nowhere; run: pulumi config set nowhere <value>, with --secret if it is one$/m,
      ],
      ["${config:acme:nowhere}", /has no acme:nowhere; run: pulumi config set acme:nowhere <value>/],
    ];
    for (const [given, message] of missing) {
      it(`nothing for ${given} that isn't there, and says how to set it`, async () => {
        assert.match(await refusal(text(`description: "${given}"`)), message);
      });
    }

    it("what isn't there in another environment only there", async () => {
      const more = '      environments: { prod: { variables: { description: "${env:NOWHERE}" } } }\n';
      assert.equal((await inputs("path: .", "dev", more)).description, "Adds.");
    });

    it("what breaks a rule, which is said without showing it", async () => {
      process.env.LIMIT = "hush";
      const said = await refusal(text('concurrency_limit: "${env:LIMIT}", schedule: { cron: "${env:LIMIT}" }'));
      assert.match(
        said,
        /^meta_prefect\.yaml:4:\d+: concurrencyLimit: must be a positive integer, not what is filled in$/m,
      );
      assert.doesNotMatch(said, /hush/);
    });
  });

  describe("finds flows by their names", () => {
    const text = (name: string, variables = "") =>
      `deployments:\n  ${name}:\n    - { recipe: local_run_deployer, variables: { name: n, ${variables} } }`;
    const made = async (name: string, variables = "") => deployments(await deploy(text(name, variables)))[0];

    it("in the file's folder, and below it", async () => {
      write("team/risk/more.py", "import prefect\n@prefect.flow\ndef var_flow(): ...\n");
      const found = await made("var-flow");
      assert.deepEqual(
        [found?.name, found?.inputs.entrypoint, found?.inputs.path],
        ["local_run_deployer-var-flow/n", "team/risk/more.py:var_flow", programFolder],
      );
      const below = await made("var-flow", "path: team");
      assert.deepEqual(
        [below?.inputs.entrypoint, below?.inputs.path],
        ["risk/more.py:var_flow", path.join(programFolder, "team")],
      );
      assert.match(
        await refusal(text("var-flow", "path: flows")),
        /2:3: flow "var-flow" is in team\/risk\/more\.py, which isn't below path "flows"; correct the path/,
      );
    });

    it("that their decorators give", async () => {
      const found = await made("Sums of all");
      assert.deepEqual(
        [found?.name, found?.inputs.flowName, found?.inputs.entrypoint],
        ["local_run_deployer-Sums of all/n", "Sums of all", "flows.py:sums"],
      );
      assert.equal(found?.failures, undefined);
    });

    it("unless an entrypoint is given, which no Python is asked for", async () => {
      process.env.META_PREFECT__PYTHON = "/nowhere/python";
      const found = await made("label", 'entrypoint: "flows.py:sums", parameterOpenapiSchema: {}');
      assert.deepEqual([found?.name, found?.inputs.flowName], ["local_run_deployer-sums/n", "sums"]);
      assert.match(
        await refusal(text("sums")),
        /^meta_prefect\.yaml:2:3: the flows below .* can't be found, because .*; or give each deployment its entrypoint$/m,
      );
    });

    it("however hostile they are", async () => {
      const name = 'a"\n\u202e🚀';
      write(
        "flows.py",
        `from prefect import flow\n@flow(name=${JSON.stringify(name)})\ndef f(): ...\n@flow(name="constructor")\ndef g(): ...\n`,
      );
      assert.equal((await made(JSON.stringify(name)))?.inputs.flowName, name);
      assert.equal((await made("constructor"))?.inputs.flowName, "constructor");
      const said = await refusal(text(JSON.stringify(`${name}x`)));
      assert.match(said, /there is no flow "a"\\u000a\\u202e🚀x"/);
      assert.doesNotMatch(said, /\u202e/);
    });

    const missing: [string, string, RegExp][] = [
      [
        "flows.py",
        flows,
        /2:3: there is no flow "add-two-number-flow" in the Python files below this folder; did you mean add-two-numbers-flow\?; found were add-two-numbers-flow, Sums of all; correct the name, or give the deployment its entrypoint$/m,
      ],
      ["flows.py", "", /there is no flow .*; no flow was found; correct/],
      [
        "more.py",
        "from prefect import flow\n@flow(name=f())\ndef g(): ...",
        /; the name of more\.py:g isn't a plain text in @flow\(name=\.\.\.\), so that it is known by its entrypoint alone; correct/,
      ],
      ["more.py", "# flow\ndef (", /; more\.py \(SyntaxError: .*, line 2\) can't be read; correct/],
    ];
    for (const [file, python, message] of missing) {
      it(`and says of one that there isn't ${String(message).slice(1, 60)}`, async () => {
        write(file, python);
        assert.match(await refusal(text("add-two-number-flow")), message);
      });
    }

    it("in the environments that aren't asked for, too", async () => {
      const elsewhere = `deployments:\n  nowhere:\n    - { recipe: local_run_deployer, variables: { name: n }, environments: { "*": false, prod: {} } }`;
      assert.match(await refusal(elsewhere), /^meta_prefect\.yaml:2:3: there is no flow "nowhere"/);
      const given = elsewhere.replace("prod: {}", 'prod: { variables: { entrypoint: "flows.py:sums" } }');
      assert.deepEqual(await deploy(given), []);
    });

    it("that are of one flow each", async () => {
      write("team/flows.py", flows);
      assert.match(
        await refusal(text("add-two-numbers-flow")),
        /2:3: flow "add-two-numbers-flow" is in several places: flows\.py:add_two_numbers_flow, team\/flows\.py:add_two_numbers_flow; give the entrypoint of the one that is meant$/m,
      );
    });
  });

  describe("says where in the file it is", () => {
    it("what check finds wrong", async () => {
      write(
        "meta_prefect.yaml",
        documented.replace("name: local-run", "name: local-run\n        parameters: { x: one }"),
      );
      let hints: Hints = {};
      await pulumi.runtime.setMocks(
        {
          newResource: ({ type, name, inputs }) => {
            if (type.endsWith("Deployment")) hints = (inputs as { __hints: Hints }).__hints;
            return { id: name, state: inputs as Json };
          },
          call: () => ({}),
        },
        "project",
        "dev",
        false,
      );
      deployFromYaml(path.join(programFolder, "meta_prefect.yaml"));
      await pulumi.runtime.disconnect();
      assert.equal(hints.places?.["schedule.rrule"], "meta_prefect.yaml:9:28");
      assert.equal(hints.places["parameters.x"], "meta_prefect.yaml:8:26");
      assert.equal(hints.places.entrypoint, "meta_prefect.yaml:4:3");
    });

    it("what a recipe finds wrong with its arguments", async () => {
      const ofTeam = documented.replace("recipe: local_run_deployer", "recipe: nightly_deployer");
      const text = ofTeam.replace(/nightly_deployer: \{.*/, "nightly_deployer:\n    retries: -1");
      const said = await refusal(text, "dev", { recipes: { nightly_deployer: NightlyDeployer } });
      assert.equal(
        said,
        'meta_prefect.yaml:14:14: NightlyDeployer "nightly_deployer": retries: must be an integer from 0 on, not -1\n      retries: -1\n               ^',
      );
      const without = text.replace("    retries: -1", "    tags: []");
      assert.match(
        await refusal(without, "dev", { recipes: { nightly_deployer: NightlyDeployer } }),
        /^meta_prefect\.yaml:13:3: NightlyDeployer .*retries: /,
      );
    });
  });
});
