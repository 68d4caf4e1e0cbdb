import assert from "node:assert/strict";
import { prefectClient } from "../support/environment";
import { long } from "../support/long";
import { PulumiProject } from "../support/pulumiProject";

const stackTrace = /\n\s+at .*\(.*:\d+:\d+\)/;

describe("a mistake in a program", () => {
  let project: PulumiProject;
  before(async () => {
    project = await PulumiProject.create("");
    project.write("flows/flows.py", "from prefect import flow\n@flow\ndef add(x: int): ...\n");
    // what is wrong shows without a server
    project.env.PREFECT_API_URL = "http://127.0.0.1:9/api";
  });

  const deployer = (deployment: object) =>
    `new (require("meta-prefect").LocalRunDeployer)("local", { deployments: [${JSON.stringify({ name: "d", entrypoint: "flows.py:add", path: "flows", ...deployment })}] });`;
  const resource = (kind: string, args: object) =>
    `new (require("meta-prefect").${kind})("r", ${JSON.stringify(args)});`;

  const mistakes: [string, string, RegExp][] = [
    [
      "a name with a slash",
      resource("Deployment", { name: "a/b", flowName: "f" }),
      /property name value \{a\/b\} has a problem: must not be empty nor hold any of \/ % & > </,
    ],
    [
      "a reserved name",
      resource("WorkPool", { name: "prefect-pool", type: "process" }),
      /property name .* must not start with "prefect"/,
    ],
    [
      "cron and rrule",
      deployer({ schedule: { cron: "0 9 * * *", rrule: "FREQ=DAILY" } }),
      /property schedule\.rrule .* exactly one of cron, interval and rrule/,
    ],
    [
      "an unknown time zone",
      deployer({ schedule: { cron: "0 9 * * *", timezone: "Mars/Base" } }),
      /property schedule\.timezone .* not "Mars\/Base"/,
    ],
    [
      "a bad rule",
      deployer({ schedule: { rrule: "FREQ=DALY" } }),
      /property schedule\.rrule .*FREQ=DALY; allowed: YEARLY/,
    ],
    [
      "parameters that the flow refuses",
      deployer({ parameters: { x: "one" } }),
      /property parameters\.x .* must be integer, not "one"/,
    ],
    [
      "undeclared job variables",
      deployer({ jobVariables: { memory: "1Gi" } }),
      /property jobVariables\.memory .* has no job variable "memory"; it has name, env/,
    ],
    [
      "a concurrency limit of 0",
      deployer({ concurrencyLimit: 0 }),
      /property concurrencyLimit value \{0\} .* positive integer, not 0/,
    ],
    [
      "a missing file",
      deployer({ entrypoint: "none.py:add" }),
      /property entrypoint .*none\.py does not exist; correct the path or the entrypoint/,
    ],
    [
      "a missing function",
      deployer({ entrypoint: "flows.py:none" }),
      /property entrypoint .* was not found .* correct the entrypoint/,
    ],
    [
      "schedule and schedules",
      deployer({ schedule: { interval: 1 }, schedules: [] }),
      /property schedules .* excludes schedule/,
    ],
    [
      "an argument of a deployment that there isn't",
      deployer({ scheduel: { interval: 60 } }),
      /property scheduel .*there is no such argument; did you mean schedule\? allowed are /,
    ],
    ["tags as a text", deployer({ tags: "a,b" }), /property tags .* must be a list of strings, not "a,b"/],
    [
      "an argument of a recipe that there isn't",
      'new (require("meta-prefect").LocalRunDeployer)("local", { deployments: [], evn: "prod" });',
      /LocalRunDeployer "local": evn: there is no such argument; did you mean env\?/,
    ],
    [
      "no entrypoint",
      deployer({ entrypoint: "" }),
      /LocalRunDeployer "local": deployments\[0\]\.entrypoint must be a text/,
    ],
  ];
  for (const [i, [what, program, message]] of mistakes.entries()) {
    (i < 4 ? it : long)(`such as ${what} is one message at preview, without a stack trace`, async () => {
      project.program = program;
      const printed = await project.failure("preview");
      const diagnostics = printed.slice(printed.indexOf("Diagnostics:"));
      assert.match(diagnostics, message);
      assert.doesNotMatch(printed, stackTrace);
      assert.equal(diagnostics.match(/error: /g)?.length, 1, diagnostics);
    });
  }

  it("lets everything else be previewed without a server", async () => {
    project.program = deployer({ parameters: { x: 1 } });
    assert.ok((await project.preview()).length > 0);
  });
});

describe("a server that can't be used", () => {
  const pools = `for (let i = 0; i < 12; i += 1) new (require("meta-prefect").WorkPool)("unusable-" + i, { type: "process" });`;
  let project: PulumiProject;
  before(async () => {
    project = await PulumiProject.create(pools);
  });

  const occurrences = (text: string, part: RegExp) => text.match(new RegExp(part, "g"))?.length ?? 0;

  it("because it isn't there is one error of `pulumi up`, with address and remedy", async () => {
    Object.assign(project.env, { PREFECT_API_URL: "http://127.0.0.1:9/api", META_PREFECT__PATIENCE: "1" });
    const printed = await project.failure("up", "--yes", "--skip-preview");
    const diagnostics = printed.slice(printed.indexOf("Diagnostics:"));
    assert.equal(occurrences(diagnostics, /error: /), 1, diagnostics);
    assert.match(
      diagnostics,
      /the Prefect server at http:\/\/127\.0\.0\.1:9\/api can't be reached \(ECONNREFUSED\); start it, or correct prefect:apiUrl/,
    );
    assert.doesNotMatch(printed, stackTrace);
  });

  it("because its credentials are for another one is one error of `pulumi preview` too, which sends none", async () => {
    const { env } = project;
    const theirs = "http://127.0.0.1:10/api";
    await project.pulumi("config", "set", "prefect:apiUrl", theirs);
    Object.assign(project, { env: { ...env, PREFECT_API_KEY: "hunter2" } });
    try {
      const printed = await project.failure("preview");
      const said =
        /PREFECT_API_KEY of the environment is not sent to http:\/\/127\.0\.0\.1:10\/api, which the stack's configuration names/;
      assert.equal(occurrences(printed.slice(printed.indexOf("Diagnostics:")), said), 1, printed);
      assert.match(printed, /set META_PREFECT__SERVERS=http:\/\/127\.0\.0\.1:10\/api in the environment/);
      assert.doesNotMatch(printed, /hunter2/);
      assert.doesNotMatch(printed, stackTrace);
    } finally {
      Object.assign(project, { env });
      await project.pulumi("config", "rm", "prefect:apiUrl");
    }
  });

  it("because nothing names it is one error", async () => {
    const { PREFECT_API_URL: _, ...rest } = project.env;
    Object.assign(project, { env: { ...rest, PREFECT_API_URL: "" } });
    const printed = await project.failure("up", "--yes", "--skip-preview");
    assert.equal(occurrences(printed.slice(printed.indexOf("Diagnostics:")), /error: /), 1);
    assert.match(printed, /no Prefect server is configured; set PREFECT_API_URL/);
  });

  it("because the address lacks /api is one error that says so", async () => {
    project.env.PREFECT_API_URL = (await prefectClient()).connection.apiUrl.replace(/\/api$/, "");
    const printed = await project.failure("up", "--yes", "--skip-preview");
    assert.equal(occurrences(printed.slice(printed.indexOf("Diagnostics:")), /error: /), 1);
    assert.match(printed, /is not the address of a Prefect API .* usually ends in \/api/);
  });
});
