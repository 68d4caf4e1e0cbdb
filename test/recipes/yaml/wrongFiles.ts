/** A file that is wrong, and what is said of it: the beginnings of the messages, each with its line and column. */
export interface WrongFile {
  what: string;
  text: string;
  says: string[];
}

/** A file with one deployment, whose variables end with these lines. */
const variables = (...lines: string[]) =>
  ["deployments:", "  sums:", "    - recipe: local_run_deployer", "      variables:", "        name: nightly"]
    .concat(lines.map((line) => `        ${line}`))
    .join("\n");

/** A file with one deployment, with these lines in it. */
const deployment = (...lines: string[]) =>
  ["deployments:", "  sums:", "    - recipe: local_run_deployer", "      variables: { name: nightly }"]
    .concat(lines.map((line) => `      ${line}`))
    .join("\n");

/** A file with one deployment and these recipes. */
const recipes = (...lines: string[]) => [deployment(), "recipes:", ...lines.map((line) => `  ${line}`)].join("\n");

const file = (...lines: string[]) => lines.join("\n");

/** Mistakes that a JSON schema of the file finds as well. */
export const wrongForm: WrongFile[] = [
  {
    what: "a key at the top that there isn't",
    text: file(deployment(), "recipies: {}"),
    says: ['5:1: there is no "recipies" in the file; did you mean recipes?'],
  },
  { what: "no deployments", text: "name: risk", says: ["1:1: there are no deployments; write deployments:"] },
  { what: "nothing as deployments", text: "deployments:", says: ["1:1: deployments must be a mapping, such as"] },
  {
    what: "a list as deployments",
    text: "deployments: [sums]",
    says: ["1:14: deployments must be a mapping, such as my-flow:"],
  },
  {
    what: "a text as the file",
    text: "deployments",
    says: ['1:1: the file must be a mapping, such as deployments: ..., not "deployments"'],
  },
  { what: "a list as the file", text: "- deployments: {}", says: ["1:1: the file must be a mapping"] },
  { what: "a number as the project", text: file("name: 7", deployment()), says: ["1:7: name must be a text, not 7"] },
  {
    what: "a deployment that isn't in a list",
    text: file("deployments:", "  sums:", "    recipe: local_run_deployer"),
    says: ['3:5: flow "sums" must have a list of deployments, such as - recipe: local_run_deployer, not a mapping'],
  },
  {
    what: "a flow with nothing",
    text: file("deployments:", "  sums:"),
    says: ['2:3: flow "sums" must have a list of deployments'],
  },
  {
    what: "a text as a deployment",
    text: file("deployments:", "  sums: [local_run_deployer]"),
    says: [
      '2:10: a deployment of flow "sums" must be a mapping, such as recipe: local_run_deployer, not "local_run_deployer"',
    ],
  },
  {
    what: "a key of a deployment that there isn't",
    text: deployment("enviroments: {}"),
    says: ['5:7: there is no "enviroments" in a deployment of flow "sums"; did you mean environments?'],
  },
  {
    what: "a variable in the place of a key",
    text: deployment("tags: [a]"),
    says: ['5:7: "tags" is a variable of the deployment; write it below variables'],
  },
  {
    what: "a list of variables",
    text: file("deployments:", "  sums:", "    - recipe: local_run_deployer", "      variables: [name]"),
    says: ["4:18: variables must be a mapping, such as { name: nightly }, not a list"],
  },
  {
    what: "a list of environments",
    text: deployment("environments: [prod]"),
    says: ["5:21: environments must be a mapping, such as prod:"],
  },
  {
    what: "true as an environment",
    text: deployment("environments: { prod: true }"),
    says: [
      '5:29: environment "prod" must be a mapping, such as variables: ..., or false to leave the deployment out, not true',
    ],
  },
  {
    what: "nothing as an environment",
    text: deployment("environments: { prod: }"),
    says: ['5:23: environment "prod" must be a mapping'],
  },
  {
    what: "a key of an environment that there isn't",
    text: deployment("environments: { prod: { variable: {} } }"),
    says: ['5:31: there is no "variable" in environment "prod"; did you mean variables?'],
  },
  {
    what: "an environment in an environment",
    text: deployment("environments: { prod: { environments: {} } }"),
    says: ['5:31: there is no "environments" in environment "prod"'],
  },
  {
    what: "an argument that there isn't",
    text: variables("scheduel: { interval: 60 }"),
    says: ['6:9: there is no "scheduel" in a deployment\'s variables; did you mean schedule? allowed are name, '],
  },
  {
    what: "an argument in snake_case that there isn't",
    text: variables("job_variabels: {}"),
    says: ['6:9: there is no "job_variabels" in a deployment\'s variables; did you mean job_variables?'],
  },
  {
    what: "an argument of the API that isn't one of a deployment",
    text: variables("flow_id: x"),
    says: ['6:9: there is no "flow_id" in a deployment\'s variables'],
  },
  {
    what: "a part of a schedule that there isn't",
    text: variables("schedule: { corn: 0 9 * * * }"),
    says: ['6:21: there is no "corn" in "schedule"; did you mean cron?'],
  },
  {
    what: "a part of a schedule in a list that there isn't",
    text: variables("schedules:", "  - { interval: 60, time_zone: UTC }"),
    says: ['7:29: there is no "time_zone" in "schedules"; did you mean timezone?'],
  },
  {
    what: "a part of concurrency options that there isn't",
    text: variables("concurrency_options: { collision_stratgy: ENQUEUE }"),
    says: ['6:32: there is no "collision_stratgy" in "concurrencyOptions"; did you mean collision_strategy?'],
  },
  { what: "a text as tags", text: variables("tags: a,b"), says: ['6:15: tags: must be a list of strings, not "a,b"'] },
  {
    what: "a number as a tag",
    text: variables("tags: [a, 1]"),
    says: ["6:19: tags[1]: must be a string, not 1; write it in quotes"],
  },
  {
    what: "a number as a name",
    text: file("deployments:", "  sums:", "    - { recipe: local_run_deployer, variables: { name: 7 } }"),
    says: ["3:56: name: must be a string, not 7; write it in quotes"],
  },
  {
    what: "a text as parameters",
    text: variables("parameters: x=1"),
    says: ['6:21: parameters: must be an object, not "x=1"'],
  },
  {
    what: "a text as a schedule",
    text: variables("schedule: 0 9 * * *"),
    says: ['6:19: schedule: must be an object such as { cron: "0 9 * * *" }, not "0 9 * * *"'],
  },
  {
    what: "one schedule as a list",
    text: variables("schedule: [{ interval: 60 }]"),
    says: ["6:9: schedule: must be an object such as"],
  },
  {
    what: "a mapping as schedules",
    text: variables("schedules: { interval: 60 }"),
    says: ["6:9: schedules: must be a list of objects such as"],
  },
  {
    what: "yes, which is a text in YAML 1.2",
    text: variables("schedule: { interval: 60, active: yes }"),
    says: ['6:43: schedule.active: must be true or false, not "yes"'],
  },
  {
    what: "a limit as a text",
    text: variables('concurrencyLimit: "4"'),
    says: ['6:27: concurrencyLimit: must be a positive integer, not "4"'],
  },
  {
    what: "a number as a version",
    text: variables("version: 1.0"),
    says: ["6:18: version: must be a string, not 1; write it in quotes"],
  },
  {
    what: "pull steps in a mapping",
    text: variables("pull_steps: { a: b }"),
    says: ["6:9: pullSteps: must be a list of steps"],
  },
  {
    what: "a trigger of a type that there isn't",
    text: variables("triggers: [{ type: evnt }]"),
    says: ["6:28: triggers[0].type: must be a trigger whose type is event, compound or sequence"],
  },
  {
    what: "a part of a trigger that there isn't",
    text: variables("triggers: [{ type: event, posture: Reactive, expects: [a] }]"),
    says: ['6:54: there is no "expects" in "triggers"; did you mean expect?'],
  },
  {
    what: "a posture that there isn't",
    text: variables("triggers: [{ type: event, posture: reactive }]"),
    says: ['6:44: triggers[0].posture: must be Reactive or Proactive, not "reactive"'],
  },
  {
    what: "a part of dask that there isn't",
    text: variables("dask: { wrokers: 2 }"),
    says: ['6:17: there is no "wrokers" in "dask"; did you mean workers?'],
  },
  {
    what: "a recipe of ours with an argument that there isn't",
    text: recipes("eks_dask_deployer: { memroy: 1Gi }"),
    says: ['6:24: there is no "memroy" in recipe "eks_dask_deployer"; did you mean memory?'],
  },
  {
    what: "a part of a recipe's argument that there isn't",
    text: recipes("eks_dask_deployer: { cluster: { existing_nam: a } }"),
    says: ['6:35: there is no "existing_nam" in "cluster"; did you mean existing_name?'],
  },
  {
    what: "an argument of EKS for the recipe of this machine",
    text: recipes("local_run_deployer: { cpu: 2 }"),
    says: ['6:25: there is no "cpu" in recipe "local_run_deployer"'],
  },
  {
    what: "a text as a recipe's arguments",
    text: recipes("local_run_deployer: fast"),
    says: ['6:23: recipe "local_run_deployer" must be a mapping, such as'],
  },
  {
    what: "a recipe's tags as a text",
    text: recipes("local_run_deployer: { tags: a }"),
    says: ['6:31: recipe "local_run_deployer": tags: must be a list of strings, not "a"'],
  },
  {
    what: "a transform",
    text: recipes("local_run_deployer: { transform: {} }"),
    says: ["6:25: transform takes functions, which YAML doesn't have"],
  },
  {
    what: "deployments in a recipe",
    text: recipes("local_run_deployer: { deployments: [] }"),
    says: ["6:25: deployments of a recipe are those that name it"],
  },
  { what: "a list of recipes", text: recipes("- local_run_deployer"), says: ["6:3: recipes must be a mapping"] },
  {
    what: "a provider of the program",
    text: recipes("eks_dask_deployer: { cluster: { provider: x } }"),
    says: ['6:35: there is no "provider" in "cluster"'],
  },
  {
    what: "both spellings of a name",
    text: variables("jobVariables: {}", "job_variables: {}"),
    says: ['7:9: "job_variables" is the same as jobVariables, which is given too; keep one of them'],
  },
  { what: "a merge of a text", text: variables("<<: common"), says: ["6:9: << takes an alias of a mapping"] },
  {
    what: "a module of a recipe of ours",
    text: recipes("local_run_deployer: { module: ./recipes/local }"),
    says: [
      '6:25: recipe "local_run_deployer" is this package\'s own, so that it has no module; give yours another name',
    ],
  },
  {
    what: "a number as a module",
    text: recipes("weekly_deployer: { module: 7 }"),
    says: ["6:30: module must be a text, not 7"],
  },
];

/** Mistakes that the reader alone finds: across several parts of the file, in what a text says, or in the notation itself. */
export const wrongSense: WrongFile[] = [
  {
    what: "two merges in one mapping",
    text: variables("<<: { tags: [a] }", "<<: { tags: [b] }"),
    says: ["7:9: << is given twice, first in line 6; write one, such as <<: [*a, *b]"],
  },
  { what: "an empty file", text: "", says: ["1:1: the file is empty; write deployments"] },
  { what: "comments alone", text: "# deployments:\n", says: ["1:1: the file is empty"] },
  {
    what: "a tab as indentation",
    text: "deployments:\n\tsums: []",
    says: ["2:1: a tab indents the line, which YAML doesn't allow; indent by spaces"],
  },
  {
    what: "a colon in a plain text",
    text: variables("description: sums: all of them"),
    says: ["6:22: a mapping starts in the middle of a line"],
  },
  { what: "a list that isn't closed", text: variables("tags: [a, b"), says: ["6:20: this is no YAML: "] },
  { what: "a quote that isn't closed", text: variables('description: "sums'), says: ["6:27: this is no YAML: "] },
  {
    what: "a key twice",
    text: variables("tags: [a]", "tags: [b]"),
    says: ['7:9: "tags" is given twice, first in line 6; keep one of them'],
  },
  {
    what: "a flow twice",
    text: file("deployments:", "  sums: []", "  sums: []"),
    says: ['3:3: "sums" is given twice, first in line 2'],
  },
  {
    what: "an alias without an anchor",
    text: variables("tags: *common"),
    says: ["6:15: the alias *common has no anchor before it; correct its name, or quote a text that starts with *"],
  },
  {
    what: "an alias of what it stands in",
    text: variables("parameters: &all { x: *all }"),
    says: ["6:31: the alias *all stands in the value that it repeats"],
  },
  {
    what: "a tag of YAML",
    text: variables("description: !secret token"),
    says: ["6:22: the tag !secret means nothing here"],
  },
  {
    what: "a second document",
    text: file(deployment(), "---", "deployments: {}"),
    says: ["5:1: a second document starts here; keep one document in a file"],
  },
  {
    what: "YAML 1.1",
    text: file("%YAML 1.1", "---", deployment()),
    says: ["1:1: is YAML 1.1, and YAML 1.2 is read here"],
  },
  {
    what: "no number of JSON",
    text: variables("parameters: { x: .inf }"),
    says: ["6:26: .inf is no number that JSON has; quote it if it is a text"],
  },
  {
    what: "a number that JavaScript rounds",
    text: variables("parameters: { x: 12345678901234567890 }"),
    says: ["6:26: parameters.x: 12345678901234567000 is beyond 2^53"],
  },
  { what: "a key that is a list", text: "deployments: { ? [a] : [] }", says: ["1:18: a key must be a text"] },
  {
    what: "the key __proto__",
    text: variables("parameters: { __proto__: 1 }"),
    says: ["6:23: __proto__ can't be a key, as JavaScript has another use for it; choose another"],
  },
  {
    what: "a recipe that there isn't",
    text: file("deployments:", "  sums:", "    - recipe: local_run_deploier", "      variables: { name: a }"),
    says: [
      '3:15: there is no recipe "local_run_deploier"; did you mean local_run_deployer? there are local_run_deployer, eks_dask_deployer, plain_deployer',
    ],
  },
  {
    what: "a recipe by its class name",
    text: file("deployments:", "  sums:", "    - recipe: EksDaskDeployer", "      variables: { name: a }"),
    says: ['3:15: there is no recipe "EksDaskDeployer"; did you mean eks_dask_deployer?'],
  },
  {
    what: "a recipe of an environment that there isn't",
    text: deployment("environments: { prod: { recipe: eks } }"),
    says: ['5:39: there is no recipe "eks"; there are '],
  },
  {
    what: "arguments of a recipe that there isn't",
    text: recipes("eks_dask_deploier: { cpu: 1 }"),
    says: [
      '6:3: there is no recipe "eks_dask_deploier"; did you mean eks_dask_deployer? there are local_run_deployer, eks_dask_deployer, plain_deployer, or give the module of a recipe of your own',
    ],
  },
  {
    what: "no recipe",
    text: file("deployments:", "  sums:", "    - variables: { name: a }"),
    says: ['3:7: a deployment of flow "sums" has no recipe; name one, such as recipe: local_run_deployer'],
  },
  {
    what: "no recipe in one of the environments",
    text: file(
      "deployments:",
      "  sums:",
      "    - variables: { name: a }",
      "      environments: { dev: { recipe: local_run_deployer }, prod: {} }",
    ),
    says: [
      '3:7: a deployment of flow "sums" has no recipe; name one, such as recipe: local_run_deployer (in environment "prod")',
    ],
  },
  {
    what: "no recipe in any environment",
    text: file("deployments:", "  sums:", "    - variables: { name: a }", "      environments: { dev: false }"),
    says: ['3:7: a deployment of flow "sums" has no recipe; name one, such as recipe: local_run_deployer'],
  },
  {
    what: "no name",
    text: file("deployments:", "  sums:", "    - recipe: local_run_deployer"),
    says: ['3:7: a deployment of flow "sums" has no name; give one, such as variables: { name: nightly }'],
  },
  {
    what: "an environment that takes the name away",
    text: deployment("environments: { prod: { variables: { name: } } }"),
    says: [
      '3:7: a deployment of flow "sums" has no name; give one, such as variables: { name: nightly } (in environment "prod")',
    ],
  },
  {
    what: "two deployments of a name",
    text: file(
      "deployments:",
      "  sums:",
      "    - { recipe: local_run_deployer, variables: { name: a } }",
      "    - { recipe: local_run_deployer, variables: { name: a } }",
    ),
    says: ['4:56: flow "sums" has two deployments of the name "a", the first in line 3; give one another name'],
  },
  {
    what: "two deployments of a flow under two keys",
    text: file(
      "deployments:",
      "  sums:",
      "    - { recipe: local_run_deployer, variables: { name: a } }",
      "  label:",
      "    - { recipe: local_run_deployer, variables: { name: a, entrypoint: flows.py:sums } }",
    ),
    says: ['5:56: flow "label" has two deployments of the name "a", the first in line 3; give one another name'],
  },
  {
    what: "two deployments that one environment gives a name",
    text: file(
      "deployments:",
      "  sums:",
      "    - { recipe: local_run_deployer, variables: { name: a } }",
      "    - { recipe: local_run_deployer, variables: { name: b }, environments: { prod: { variables: { name: a } } } }",
    ),
    says: [
      '4:104: flow "sums" has two deployments of the name "a", the first in line 3; give one another name (in environment "prod")',
    ],
  },
  {
    what: "a schedule and schedules",
    text: variables("schedule: { interval: 60 }", "schedules: [{ interval: 60 }]"),
    says: ["7:9: schedules: excludes schedule; give one of them"],
  },
  {
    what: "two kinds of schedule in one",
    text: variables("schedule: { cron: 0 9 * * *, interval: 60 }"),
    says: ["6:48: schedule.interval: must have exactly one of cron, interval and rrule, not cron and interval"],
  },
  {
    what: "two kinds of schedule in an environment",
    text: file(
      variables("schedule: { cron: 0 9 * * * }"),
      "      environments: { prod: { variables: { schedule: { interval: 60 } } } }",
    ),
    says: [
      '7:66: schedule.interval: must have exactly one of cron, interval and rrule, not cron and interval (in environment "prod")',
    ],
  },
  {
    what: "a cron expression that is none",
    text: variables("schedule: { cron: 0 25 * * * }"),
    says: ['6:27: schedule.cron: "0 25 * * *"'],
  },
  {
    what: "a rule that is none",
    text: variables("schedule: { rrule: FREQ=DALY }"),
    says: ['6:28: schedule.rrule: "FREQ=DALY"'],
  },
  {
    what: "a time zone that there isn't",
    text: variables("schedules: [{ cron: 0 9 * * *, timezone: US/Pacifik }]"),
    says: [
      '6:50: schedules[0].timezone: must be a time zone of the IANA database, such as US/Pacific, not "US/Pacifik"',
    ],
  },
  {
    what: "a country without holidays",
    text: variables("schedule: { rrule: FREQ=DAILY, skip_holidays: USA }"),
    says: ["6:55: schedule.skipHolidays: "],
  },
  {
    what: "a slug twice",
    text: variables("schedules:", "  - { slug: a, interval: 60 }", "  - { slug: a, interval: 90 }"),
    says: ['7:21: schedules[0].slug: "a" is the slug of several schedules', "8:21: schedules[1].slug: "],
  },
  {
    what: "a queue without a pool",
    text: variables("work_queue_name: fast"),
    says: ["6:26: workQueueName: needs workPoolName, the pool that has the queue"],
  },
  {
    what: "two limits",
    text: variables("concurrency_limit: 1", "global_concurrency_limit_id: 0b9fd6cf-58a0-43b8-86b0-d8e6c5e1c5a1"),
    says: ["7:38: globalConcurrencyLimitId: excludes concurrencyLimit"],
  },
  {
    what: "a trigger that waits too short",
    text: variables("triggers: [{ type: event, posture: Proactive, within: 5 }]"),
    says: ["6:63: triggers[0].within: must be from 10 seconds on in a Proactive trigger, not 5"],
  },
  {
    what: "CPUs that there can't be",
    text: variables("cpu: lots"),
    says: ['6:14: cpu: must be a number of CPUs above 0, such as 0.5, 2 or "500m", not "lots"'],
  },
  { what: "memory without its unit", text: variables("memory: 2"), says: ["6:17: memory: must be at least"] },
  {
    what: "workers that exclude each other",
    text: variables("dask: { workers: 2, max_workers: 4 }"),
    says: ["6:26: dask.workers: excludes minWorkers and maxWorkers"],
  },
  {
    what: "arguments of a recipe that exclude each other",
    text: recipes(
      "eks_dask_deployer: { source: { git: { repository: https://git.example.com/a, branch: a, commit_sha: b } } }",
    ),
    says: ['6:103: recipe "eks_dask_deployer": source.git.commitSha: excludes branch; give one of them'],
  },
  {
    what: "a name of EKS that there can't be",
    text: recipes("eks_dask_deployer: { namespace: My_Space }"),
    says: ['6:35: recipe "eks_dask_deployer": namespace: must be at most 40 lower-case letters'],
  },
  {
    what: "a text in braces that nothing fills in",
    text: variables("description: ${HOME}"),
    says: [
      '6:22: "${HOME}" can\'t be filled in; did you mean ${env:HOME}? there are ${env:NAME} and ${config:key}; write $${HOME} for the text itself',
    ],
  },
  {
    what: "a source of texts that there isn't",
    text: variables("description: ${secret:token}"),
    says: ['6:22: "${secret:token}" can\'t be filled in; there are'],
  },
  {
    what: "a text with braces that isn't quoted in others",
    text: variables("parameters: { x: ${env:HOME} }"),
    says: ["6:27: this is no YAML: unexpected flow-map-start at node end; quote a text with ${...} in it"],
  },
  {
    what: "a misspelt source of texts",
    text: variables('parameters: { x: "${evn:HOME}" }'),
    says: ['6:26: "${evn:HOME}" can\'t be filled in; did you mean ${env:HOME}?'],
  },
  {
    what: "braces that aren't closed",
    text: variables('description: "${env:HOME"'),
    says: ['6:22: "${env:HOME" has no } that ends it; add it, or write $${env:HOME for the text itself'],
  },
  {
    what: "no name in the braces",
    text: variables("description: ${env:}"),
    says: ['6:22: "${env:}" can\'t be filled in; '],
  },
  {
    what: "a recipe that is filled in",
    text: file("deployments:", "  sums:", "    - recipe: ${env:RECIPE}", "      variables: { name: a }"),
    says: ["3:15: recipe can't be filled in by ${...}"],
  },
  {
    what: "an environment with a slash",
    text: deployment('environments: { "a/b": false }'),
    says: ['5:23: environment "a/b" is empty or has one of / % & > <'],
  },
  {
    what: "an environment without a name",
    text: deployment('environments: { "": false }'),
    says: ['5:23: environment "" is empty or has one of'],
  },
  {
    what: "another pattern than *",
    text: deployment('environments: { "pr-?": false }'),
    says: ['5:23: environment "pr-?": in a pattern only * stands for any text'],
  },
  {
    what: "a module that isn't there",
    text: recipes("weekly_deployer: { module: ./recipes/weekly }"),
    says: ['6:30: recipe "weekly_deployer": there is no file ./recipes/weekly, with or without .ts or .js, below'],
  },
  {
    what: "a name that no project has",
    text: file("name: my risks", deployment()),
    says: ['1:7: name is "my risks"; give at most 100 letters'],
  },
  {
    what: "a name with a slash",
    text: file("deployments:", "  sums:", "    - { recipe: local_run_deployer, variables: { name: a/b } }"),
    says: ['3:56: name: must not be empty nor hold any of / % & > <, not "a/b"'],
  },
  {
    what: "a limit of 0",
    text: variables("concurrency_limit: 0"),
    says: ["6:28: concurrencyLimit: must be a positive integer, not 0"],
  },
];
