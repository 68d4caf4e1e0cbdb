import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { metaPrefect } from "../support/command";
import { temporaryFolder } from "../support/environment";

/** A command line that is wrong. */
interface Wrong {
  line: string[];
  says: RegExp;
  /** The exit code. @default 2 */
  code?: 1 | 2;
  /** The files of the folder. */
  files?: Record<string, string>;
  /** The folder below it in which the command is called. */
  at?: string;
  env?: Record<string, string>;
}

const yaml = { "meta_prefect.yaml": "deployments: {}\n" };
const ours = (main = ".meta-prefect/", name = "risk") => `name: ${name}\nruntime: nodejs\nmain: ${main}\n`;
const deployed = (project: string) => ({
  [`.meta-prefect/state/.pulumi/stacks/${project}/dev.json`]: '{"checkpoint": {"latest": {"resources": [{}]}}}',
});
/** As on Windows without WSL. */
const windows = {
  NODE_OPTIONS: "--import data:text/javascript,Object.defineProperty(process,'platform',{value:'win32'})",
};
const theirs = { "Pulumi.yaml": "name: theirs\nruntime: nodejs\n" };

export const wrong: Wrong[] = [
  { line: [], says: /^Usage: meta-prefect \[options\] \[command\]/ },
  { line: ["deply"], says: /^error: unknown command 'deply'\n\(Did you mean deploy\?\)$/ },
  { line: ["up"], says: /^error: unknown command 'up'; there are: .*\bpreview, deploy\b/ },
  { line: ["Preview"], says: /^error: unknown command 'Preview'\n\(Did you mean preview\?\)$/ },
  { line: ["meta_prefect.yaml"], files: yaml, says: /^error: unknown command 'meta_prefect.yaml'; there are: / },
  {
    line: ["--versoin"],
    says: /^error: unknown option .--versoin.\n\(Did you mean --version\?\); options are written after the command$/,
  },
  {
    line: ["--env", "prod", "deploy"],
    says: /^error: unknown option '--env'; options are written after the command$/,
  },
  { line: ["help", "deply"], says: /^error: unknown command 'deply'/ },
  { line: ["deploy"], files: yaml, says: /^error: deploy asks .* there is no terminal; give --yes to answer it$/ },
  { line: ["deploy", "one", "--json"], files: yaml, says: /^error: deploy asks .*; give --yes/ },
  { line: ["destroy"], files: yaml, says: /^error: destroy asks .*; give --yes/ },
  { line: ["deploy", "--yse"], files: yaml, says: /^error: unknown option '--yse'\n\(Did you mean --yes\?\)$/ },
  { line: ["deploy", "-y"], files: yaml, says: /^error: unknown option '-y'/ },
  { line: ["deploy", "--yes=no"], files: yaml, says: /^error: unknown option '--yes=no'/ },
  { line: ["deploy", "--env"], files: yaml, says: /^error: option '--env <env>' argument missing$/ },
  {
    line: ["deploy", "--yes", "--env", "a b"],
    files: yaml,
    says: /^error: --env "a b": an environment's name has letters, digits, "-", "_" and "." alone, at most 100, and begins with none of "-" and "."$/,
  },
  { line: ["preview", "--env", ""], files: yaml, says: /^error: --env "": an environment's name has / },
  { line: ["preview", "--env", "--json"], files: yaml, says: /^error: --env "--json": an environment's name / },
  { line: ["preview", "--env", "../x"], files: yaml, says: /^error: --env "..\/x": an environment's name has / },
  { line: ["preview", "--env", "pr/1"], files: yaml, says: /^error: --env "pr\/1": an environment's name has / },
  {
    line: ["preview"],
    env: { META_PREFECT__ENV: "a\u001b[2Jb" },
    files: yaml,
    says: /^error: META_PREFECT__ENV "a\\u001b\[2Jb": an environment's name has /,
  },
  {
    line: ["preview"],
    says: /^error: there is no meta_prefect.yaml and no Pulumi.yaml in \/\S+; run: meta-prefect init$/,
  },
  {
    line: ["preview"],
    files: { ...yaml, "flows/flows.py": "" },
    at: "flows",
    says: /; run: meta-prefect init, or cd to \/\S+, which has meta_prefect.yaml$/,
  },
  { line: ["preview", "--file", "nix.yaml"], says: /^error: --file "nix.yaml": there is no such file$/ },
  {
    line: ["preview", "--file", "meta_perfect.yaml"],
    files: yaml,
    says: /^error: --file "meta_perfect.yaml": there is no such file; did you mean meta_prefect.yaml\?$/,
  },
  {
    line: ["preview", "--file", "."],
    files: yaml,
    says: /^error: --file ".": that is a folder; name the YAML file in it$/,
  },
  {
    line: ["preview", "--file", "flows.py"],
    files: { ...yaml, "flows.py": "" },
    says: /^error: --file "flows.py": that is no YAML file; its name ends in .yaml or .yml$/,
  },
  {
    line: ["preview", "--file", "meta_prefect.yaml"],
    files: { ...yaml, ...theirs },
    code: 1,
    says: /^error: Pulumi.yaml in \S+ is that of a Pulumi program of your own, .*; move meta_prefect.yaml to a folder of its own, or use the program: --file Pulumi.yaml$/,
  },
  { line: ["preview"], files: { ...yaml, ...theirs }, code: 1, says: /^error: Pulumi.yaml in \S+ is that of a Pulumi/ },
  {
    line: ["preview", "--file", "more.yaml"],
    files: { ...yaml, "more.yaml": "", "Pulumi.yaml": ours() },
    code: 1,
    says: /^error: Pulumi.yaml in \S+ is that of another file \(main: .meta-prefect\/\); put more.yaml into a folder of its own$/,
  },
  {
    line: ["preview"],
    files: { "meta_prefect.yaml": "name: risks", "Pulumi.yaml": ours(), ...deployed("risk") },
    code: 1,
    says: /^error: project "risks": what is deployed from here belongs to the project "risk" of Pulumi.yaml; write name: risk in meta_prefect.yaml, or /,
  },
  {
    line: ["preview"],
    files: { ...yaml, "Pulumi.yaml": "name: [" },
    code: 1,
    says: /^error: Pulumi.yaml in \S+ can't be read: /,
  },
  {
    line: ["preview"],
    files: { ...yaml, "Pulumi.dev.yaml": "encryptionsalt: v1:abc\n", "bin/pulumi": "" },
    env: { PATH: "bin" },
    code: 1,
    says: /^error: Pulumi.dev.yaml is that of a stack that was made elsewhere, .* set PULUMI_CONFIG_PASSPHRASE$/,
  },
  {
    line: ["preview"],
    files: yaml,
    env: { PATH: "" },
    code: 1,
    says: /^error: the Pulumi CLI isn't on the PATH; install it by hand \(\S+\), so that `pulumi` is on the PATH, or let preview --yes or deploy --yes install it$/,
  },
  { line: ["preview", "--refersh"], says: /^error: unknown option '--refersh'\n\(Did you mean --refresh\?\)$/ },
  { line: ["preview", "--post"], files: yaml, says: /^error: option '--post <host>' argument missing$/ },
  {
    line: ["preview", "--post", "gitea"],
    files: yaml,
    says: /^error: option '--post <host>' argument 'gitea' is invalid. Allowed choices are github, gitlab.$/,
  },
  {
    line: ["preview", "sums", "--post", "github"],
    files: yaml,
    says: /^error: --post github: the comment is about the whole stack; leave out "sums"$/,
  },
  { line: ["preview", "--against"], files: yaml, says: /^error: option '--against <commit>' argument missing$/ },
  ...[["sums"], ["--refresh"], ["--save-plan", "plan.json"]].map((words) => ({
    line: ["preview", "--against", "main", ...words],
    files: yaml,
    says: new RegExp(
      `^error: --against compares the whole of two plans, neither of which is deployed; leave out "${words[0]}"$`,
    ),
  })),
  { line: ["deploy", "--post", "github"], files: yaml, says: /^error: unknown option '--post'/ },
  { line: ["preview", "--detailed-exit-code"], says: /\(Did you mean --detailed-exitcode\?\)$/ },
  {
    line: ["destroy", "one", "--yes"],
    says: /^error: too many arguments for 'destroy'. Expected 0 arguments but got 1/,
  },
  { line: ["logs"], says: /^error: missing required argument 'flow'$/ },
  { line: ["logs", "a", "b"], says: /^error: too many arguments for 'logs'/ },
  { line: ["logs", "a", "--folow"], says: /^error: unknown option '--folow'\n\(Did you mean --follow\?\)$/ },
  { line: ["logs", "a"], says: /^error: there is no meta_prefect.yaml and no Pulumi.yaml in / },
  { line: ["schedule"], says: /^Usage: meta-prefect schedule \[options\] \[command\]/ },
  { line: ["schedule", "stop", "a"], says: /^error: unknown command 'stop'; there are: pause, resume$/ },
  { line: ["schedule", "puase", "a"], says: /^error: unknown command 'puase'\n\(Did you mean pause\?\)$/ },
  { line: ["schedule", "pause"], says: /^error: missing required argument 'flow'$/ },
  { line: ["schedule", "resume", "a", "b"], says: /^error: too many arguments for 'resume'/ },
  { line: ["worker"], says: /^Usage: meta-prefect worker \[options\] \[command\]/ },
  { line: ["worker", "stop"], says: /^error: unknown command 'stop'; there are: status, restart, logs, install$/ },
  {
    line: ["worker", "--env", "dev", "status"],
    says: /^error: unknown option '--env'; options are written after the command$/,
  },
  { line: ["worker", "status", "a", "b"], says: /^error: too many arguments for 'status'/ },
  { line: ["worker", "restart", "--force"], says: /^error: unknown option '--force'$/ },
  {
    line: ["worker", "logs", "--follow", "--json"],
    says: /^error: option '--follow' cannot be used with option '--json'$/,
  },
  { line: ["worker", "install"], files: yaml, says: /^error: worker install asks .*; give --yes to answer it$/ },
  { line: ["worker", "install", "a", "--yes"], files: yaml, says: /^error: too many arguments for 'install'/ },
  { line: ["completion"], says: /^Usage: meta-prefect completion \[options\] \[command\]/ },
  { line: ["completion", "powershell"], says: /^error: unknown command 'powershell'; there are: bash, zsh, fish$/ },
  ...["deploy --yes", "logs a", "schedule pause a", "worker status"].map((line) => ({
    line: line.split(" "),
    files: yaml,
    env: windows,
    code: 1 as const,
    says: /^error: workers and runs are processes of macOS or Linux; on Windows, call this in WSL$/,
  })),
  {
    line: ["server", "start", "--file", "typo/meta_prefect.yaml"],
    says: /^error: --file "typo\/meta_prefect.yaml": there is no such file$/,
  },
  {
    line: ["doctor"],
    env: { META_PREFECT__ENV: "a b" },
    files: yaml,
    says: /^error: META_PREFECT__ENV "a b": an environment's name has /,
  },
  { line: ["import", "--out", "x", "--env", "prod"], says: /^error: there is no meta_prefect.yaml and no Pulumi.yaml/ },
  { line: ["import"], says: /^error: import needs a folder for the program; write --out DIR$/ },
  { line: ["import", "--out"], says: /^error: option '--out <dir>' argument missing$/ },
  { line: ["import", "--out", "x", "--tags", "a"], says: /\(Did you mean --tag\?\)$/ },
  { line: ["import", "x", "--out", "y"], says: /^error: too many arguments for 'import'/ },
  { line: ["import", "--out", "."], files: yaml, code: 1, says: /^error: \/\S+ is not empty; give an empty folder/ },
  { line: ["pulumi", "preview"], says: /^error: there is no meta_prefect.yaml and no Pulumi.yaml in / },
  { line: ["pulumi", "--file", "nix.yaml", "preview"], says: /^error: --file "nix.yaml": there is no such file$/ },
  { line: ["pulumi", "--evn", "dev", "preview"], says: /^error: unknown option '--evn'\n\(Did you mean --env\?\)$/ },
  { line: ["pulumi", "preview", "--env", "a b"], files: yaml, says: /^error: --env "a b": an environment's name has / },
];

describe("a command line that is wrong", () => {
  for (const { line, says, code = 2, files = {}, at = ".", env = {} } of wrong) {
    const what = Object.keys(files).join(" ");
    const set = Object.keys(env).join(" ");
    it(JSON.stringify([...line, ...(what ? [`with ${what}`] : []), ...(set ? [`and ${set}`] : [])]), async () => {
      const folder = temporaryFolder();
      for (const [name, text] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        fs.writeFileSync(path.join(folder, name), text);
      }
      const { META_PREFECT__ENV: _, ...others } = process.env;
      const ended = await metaPrefect(line, { cwd: path.join(folder, at), env: { ...others, ...env } });
      assert.match(ended.said.trimEnd(), says);
      assert.equal(ended.code, code);
      assert.doesNotMatch(ended.said, /\n {4}at /);
      if (line.includes("--json")) assert.deepEqual(Object.keys(JSON.parse(ended.printed) as object), ["error"]);
      else assert.equal(ended.printed, "");
    });
  }
});
