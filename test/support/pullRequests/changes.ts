import { program, tables } from "./base";

/** What a pull request does with a repository. */
export interface PullRequest {
  /** The project that it is about. */
  project: "etl" | "many" | "program";
  /** Files with their new text; a function gets the old one. */
  files: Record<string, string | ((text: string) => string)>;
}

const yaml = "etl/meta_prefect.yaml";

/** Replaces a text that has to be there once. */
const replacing = (from: string, to: string) => (text: string) => {
  if (text.split(from).length !== 2) throw new Error(`"${from}" isn't there once`);
  return text.replace(from, () => to);
};

/** Takes out what stands from one text to before another one, or to the end. */
const without = (from: string, to: string) => (text: string) => {
  const [start, end] = [text.indexOf(from), to === "" ? text.length : text.indexOf(to)];
  if (start < 0 || end < start) throw new Error(`"${from}" isn't before "${to}"`);
  return text.slice(0, start) + text.slice(end);
};

/** A pull request of somebody who may not push to the repository, and would like to know a secret. */
export const fromFork: PullRequest = {
  project: "etl",
  files: {
    [yaml]: (text) =>
      replacing(
        "parameters: { source: eu }",
        'parameters: { source: "${env:GITHUB_TOKEN}" }',
      )(without("  score:", "")(replacing(`cron: "0 9 * * *"`, `cron: "0 10 * * *"`)(text))),
  },
};

/** Nine pull requests of people of the project. */
export const pullRequests: Record<string, PullRequest> = {
  "a schedule is moved across a change of the clocks": {
    project: "etl",
    files: { [yaml]: replacing(`cron: "0 9 * * *"`, `cron: "30 2 * * *"`) },
  },
  "holidays are skipped": {
    project: "etl",
    files: {
      [yaml]: replacing(
        "          timezone: America/New_York\n",
        "          timezone: America/New_York\n          skip_holidays: { country: US, years: [2027] }\n",
      ),
    },
  },
  "a parameter that a schedule sets is renamed": {
    project: "etl",
    files: { "etl/flows.py": replacing("nightly_report(day: str", "nightly_report(date: str") },
  },
  "a flow is deleted": {
    project: "etl",
    files: {
      "etl/flows.py": without("@flow\ndef load_orders", "@flow\ndef score"),
      [yaml]: without("  load-orders:", "  score:"),
    },
  },
  "an image is changed": {
    project: "etl",
    files: { [yaml]: (text) => replacing(`cpu: "1"`, `cpu: "2"`)(replacing("score:1.4.0", "score:1.5.0")(text)) },
  },
  "300 of 1000 deployments are changed": {
    project: "many",
    files: { "many/meta_prefect.yaml": tables((i) => (i < 300 ? 20 + (i % 150) : 10)) },
  },
  "only comments are changed": {
    project: "etl",
    files: { "etl/flows.py": replacing("# the model is fetched by its name", "# the model is fetched by name, once") },
  },
  "a program is changed": {
    project: "program",
    files: {
      "program/index.ts": program(["eu", "us", "ap"], 60),
      "program/flows.py": replacing("full: bool = False", `full: bool = True, mode: str = "fast"`),
    },
  },
  "a YAML is changed": {
    project: "etl",
    files: {
      "etl/flows.py": replacing(
        "    # the model is fetched by its name\n",
        "    # fetched by its name\n    print(model)\n",
      ),
      [yaml]: (text) =>
        replacing(
          "tags: [reports]",
          "tags: [reports, finance]",
        )(
          replacing(
            "parameters: { limit: 500 }",
            "parameters: { limit: 250 }\n        description: What was sold",
          )(text),
        ) +
        `    - recipe: plain_deployer
      variables:
        name: daily
        work_pool_name: reviewed
        parameters: { model: large }
        schedule: { slug: at-noon, cron: "0 12 * * *", timezone: Europe/Berlin, active: true }
`,
    },
  },
};
