import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { metaPrefect } from "../support/command";
import { temporaryFolder, testEnvironment } from "../support/environment";
import { GithubStandIn } from "../support/githubStandIn";
import { long } from "../support/long";

const yaml = (x: number) => `
deployments:
  one:
    - recipe: local_run_deployer
      variables: { name: run, parameters: { x: ${x} } }
`;

describe("meta-prefect preview --post on a real Pulumi", () => {
  long("makes a comment, updates it, leaves it alone, and ends with the exit code that it has anyway", async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, "flows.py"), "from prefect import flow\n@flow\ndef one(x: int = 1): ...\n");
    const write = (x: number) => fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), yaml(x));
    write(1);
    const { PULUMI_CONFIG_PASSPHRASE: _, ...env } = await testEnvironment();
    const host = await new GithubStandIn().start();
    const job = { ...env, META_PREFECT__FLOWS: "static", ...host.environment() };
    const preview = (environment: NodeJS.ProcessEnv, ...words: string[]) =>
      metaPrefect(["preview", "--post", "github", ...words], { cwd: folder, env: environment });
    try {
      const first = await preview(job, "--detailed-exitcode", "--json");
      assert.equal(first.code, 3, first.said);
      assert.match(first.said, /^the comment on GitHub is made$/m);
      assert.equal((JSON.parse(first.printed) as { env: string }).env, "dev");
      const [comment] = host.comments;
      assert.match(
        comment?.text ?? "",
        /^<!-- meta-prefect: [\w.%-]+\/dev -->\n\*\*\S+\/dev: 1 deployment is new, 2 other objects change\*\*\n/,
      );
      assert.match(comment?.text ?? "", /deployment <b>one\/run-dev<\/b> is new: parameters, job variables, tags/);

      const silent = await preview({ ...job, GITHUB_TOKEN: "" }, "--detailed-exitcode");
      assert.equal(silent.code, 3, silent.said);
      assert.match(silent.said, /^nothing is posted: there is no token; /m);

      const deployed = await metaPrefect(["deploy", "--yes"], { cwd: folder, env });
      assert.equal(deployed.code, 0, deployed.said);
      const second = await preview(job);
      assert.equal(second.code, 0, second.said);
      assert.match(second.said, /^the comment on GitHub is updated$/m);
      assert.match(comment?.text ?? "", / -->\n\*\*\S+\/dev: nothing changes\*\*$/);
      assert.match((await preview(job)).said, /^the comment on GitHub is left as it is$/m);
      assert.equal(host.comments.length, 1);

      write(2);
      host.fault = () => ({ isDone: false, reply: { status: 200, text: "<html>Sign in</html>" } });
      const refused = await preview(job, "--detailed-exitcode");
      assert.equal(refused.code, 1, refused.said);
      assert.match(refused.said, /^error: GitHub at \S+: GET \S+ was answered 200: a page instead of JSON /m);
      assert.doesNotMatch([first, silent, second, refused].map(({ said, printed }) => said + printed).join(), /t0ken/);
    } finally {
      host.stop();
      await metaPrefect(["destroy", "--yes"], { cwd: folder, env });
    }
  });

  long("says in the comment that the preview failed, and ends as it would without", async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, "flows.py"), "from prefect import flow\n@flow\ndef one(x: int = 1): ...\n");
    const write = (text: string) => fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), text);
    const { PULUMI_CONFIG_PASSPHRASE: _, ...env } = await testEnvironment();
    const host = await new GithubStandIn().start();
    const job = { ...env, META_PREFECT__FLOWS: "static", ...host.environment() };
    const preview = (environment: NodeJS.ProcessEnv, ...words: string[]) =>
      metaPrefect(["preview", ...words], { cwd: folder, env: environment });
    const post = ["--post", "github"];
    const text = () => host.comments.map(({ text }) => text).join("\n");
    try {
      write(yaml(1));
      assert.equal((await preview(job, ...post)).code, 0);
      const [comment] = host.comments;
      assert.match(text(), /1 deployment is new/);

      write(yaml(1).replace("recipe:", "recpie:"));
      const mistaken = await preview(job, ...post, "--json");
      assert.equal(mistaken.code, 1);
      const { error } = JSON.parse(mistaken.printed) as { error: string };
      assert.match(error, /^meta_prefect\.yaml:4:7: .*recpie/);
      assert.match(mistaken.said, /^the comment on GitHub is updated$/m);
      assert.ok(mistaken.said.endsWith(`error: ${error}\n`), mistaken.said);
      assert.ok(
        comment?.text.includes(
          `/dev: the preview failed**, so what would change isn't known\n\n\`\`\`text\n${error}\n`,
        ),
      );
      assert.deepEqual(host.checks.at(-1)?.description, "the preview failed; the comment says why");
      assert.equal((await preview(env)).said.split("\n").at(-2), mistaken.said.split("\n").at(-2));

      write(yaml(1));
      const away = await preview({ ...job, PULUMI_BACKEND_URL: "file:///gone/state" }, ...post);
      assert.equal(away.code, 1, away.said);
      assert.match(text(), /the preview failed[^]*the backend, where Pulumi keeps the state, can't be reached/);

      assert.equal((await preview(job, ...post, "--file", "gone.yaml")).code, 2);
      assert.equal((await preview(job, ...post, "one")).code, 2);
      assert.match(text(), /the preview failed[^]*the backend, where Pulumi keeps the state, can't be reached/);

      host.fault = () => ({ isDone: false, reply: { status: 401, json: { message: "Bad credentials" } } });
      write(yaml(1).replace("recipe:", "recpie:"));
      const both = await preview(job, ...post);
      assert.equal(both.code, 1);
      assert.match(both.said, /^the failure isn't posted: GitHub at .* 401: Bad credentials/m);
      assert.ok(both.said.endsWith(`error: ${error}\n`), both.said);

      host.fault = () => undefined;
      write(yaml(1));
      const mended = await preview(job, ...post);
      assert.equal(mended.code, 0, mended.said);
      assert.equal(host.comments.length, 1);
      assert.match(text(), /1 deployment is new/);
      assert.equal(host.checks.at(-1)?.state, "success");
    } finally {
      host.stop();
    }
  });
});
