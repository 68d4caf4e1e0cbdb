import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import axios from "axios";
import { findEksPython } from "../../tools/prefectPython";
import { run } from "../../tools/run";
import { buildWheel } from "../../tools/wheel";
import { temporaryFolder, testEnvironment } from "./environment";
import { git } from "./git";
import { type Moto, startMoto } from "./moto";

export interface ShellEnd {
  code: number | null;
  /** Standard output and error, as they came. */
  log: string;
}

/** Runs lines as the runners do: bash, which stops at the first that fails. */
export async function shell(
  lines: string,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
  bash = ["-e"],
): Promise<ShellEnd> {
  const file = path.join(temporaryFolder(), "script.sh");
  fs.writeFileSync(file, lines);
  const child = spawn("bash", [...bash, file], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (log += text));
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, log };
}

/**
 * What a job of CI finds on its machine, and outside of it: git's remote, AWS, of which moto has S3 and STS, and a registry from which pip installs
 * the very package that this is.
 */
export class RunnerMachine {
  /** The repository that everybody pushes to. */
  readonly remote = path.join(temporaryFolder(), "remote.git");

  private constructor(
    readonly aws: Moto,
    private readonly log: string,
    /** The folder of the commands of Python, which a job puts on its PATH. */
    readonly python: string,
    readonly env: NodeJS.ProcessEnv,
  ) {
    git(path.dirname(this.remote), "init", "--quiet", "--bare", "--initial-branch=main", this.remote);
  }

  static async start(): Promise<RunnerMachine> {
    const [motoFolder, wheels, virtual, home] = Array.from({ length: 4 }, temporaryFolder) as [
      string,
      string,
      string,
      string,
    ];
    const aws = await startMoto(await findEksPython(), motoFolder);
    const tools = await testEnvironment();
    await buildWheel(wheels);
    await run("python3", ["-m", "venv", virtual]);
    const { PREFECT_API_URL: _, META_PREFECT__PYTHON: __, PULUMI_CONFIG_PASSPHRASE: ___, ...others } = tools;
    const { PATH = "", ...machine } = process.env;
    const isOfMachine = ([name]: [string, unknown]) =>
      /^(PIP_|npm_config_|NPM_CONFIG_|SSL_|NODE_EXTRA|REQUESTS_CA)/.test(name);
    return new RunnerMachine(aws, path.join(motoFolder, "moto.log"), path.join(virtual, "bin"), {
      ...Object.fromEntries(Object.entries(machine).filter(isOfMachine)),
      ...others,
      PATH: tools.PATH ?? PATH,
      HOME: home,
      XDG_CACHE_HOME: path.join(home, ".cache"),
      // the wheel isn't published; all else is from the registry
      PIP_FIND_LINKS: [wheels, process.env.PIP_FIND_LINKS ?? ""].join(" ").trim(),
      AWS_ENDPOINT_URL: aws.url,
      // Pulumi asks for a role before it has read the address for all services
      AWS_ENDPOINT_URL_STS: aws.url,
      AWS_EC2_METADATA_DISABLED: "true",
    });
  }

  stop(): Promise<void> {
    return this.aws.stop();
  }

  clone(ref: string, folder: string): void {
    git(path.dirname(folder), "clone", "--quiet", this.remote, folder);
    git(folder, "checkout", "--quiet", ref);
  }

  /** Makes a bucket; gives the backend that is in it. */
  async backendIn(bucket: string): Promise<string> {
    await axios.put(`${this.aws.url}/${bucket}`);
    return `s3://${bucket}?region=us-east-1&use_path_style=true`;
  }

  /** The writes that S3 has been asked for so far. */
  get writes(): string[] {
    return fs.readFileSync(this.log, "utf8").match(/"(PUT|POST|DELETE) \/[^"]*\.pulumi[^"]*"/g) ?? [];
  }

  /** The variables of a role that a job becomes by its token. */
  async assumeRole(role: string): Promise<NodeJS.ProcessEnv> {
    assert.match(role, /^arn:aws:iam::\d{12}:role\//);
    const { data } = await axios.post<string>(
      this.aws.url,
      new URLSearchParams({
        Action: "AssumeRoleWithWebIdentity",
        Version: "2011-06-15",
        RoleArn: role,
        RoleSessionName: "job",
        WebIdentityToken: "the.job's.token",
      }),
      { headers: { authorization: "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/sts/aws4_request" } },
    );
    const of = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(data)?.[1];
    return {
      AWS_ACCESS_KEY_ID: of("AccessKeyId"),
      AWS_SECRET_ACCESS_KEY: of("SecretAccessKey"),
      AWS_SESSION_TOKEN: of("SessionToken"),
    };
  }
}
