import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { runningProcesses } from "../../processes/processTable";
import { until } from "../../processes/until";
import { type Calling, type Ended, metaPrefect } from "./command";
import { temporaryFolder, testEnvironment } from "./environment";

const flows = `from prefect import flow

@flow(log_prints=True)
def add_two_numbers_flow(x: int = 1, y: int = 2):
    if x < 0:
        raise ValueError("x is negative")
    print(f"{x} + {y} = {x + y}")
    return x + y
`;

/** What may lie in a home when all is taken down, by whose it is. */
const keptInHome = [
  // can be had again
  /^\.cache\//,
  // npm's own, where it had to install the package
  /^\.npm\//,
  // why runs have failed can be read when their worker is gone
  /^\.local\/state\/meta-prefect\/workers\/[^/]+\/worker\.log$/,
];
/** What temporary files of ours are called. Others, such as Pulumi and Prefect, leave some of their own. */
const ours = /^meta-prefect/;

/** A person on a machine with Pulumi, who has a folder with a flow and has never run the command. */
export class Newcomer {
  readonly folder = temporaryFolder();
  readonly home = temporaryFolder();
  /** Where the person's temporary files are. */
  private readonly temporary = temporaryFolder();
  private readonly before = runningProcesses().map(({ pid }) => pid);

  /** The environment in which the person calls the command. */
  readonly env: NodeJS.ProcessEnv;

  private constructor(
    tools: NodeJS.ProcessEnv,
    private readonly command: Calling["command"],
  ) {
    fs.writeFileSync(path.join(this.folder, "flows.py"), flows);
    this.env = {
      ...tools,
      HOME: this.home,
      TMPDIR: this.temporary,
      XDG_CACHE_HOME: path.join(this.home, ".cache"),
      XDG_STATE_HOME: path.join(this.home, ".local", "state"),
    };
  }

  /**
   * @param command how the person calls the command
   * @param others what is different in the environment; undefined for what isn't in it
   */
  static async with(command: Calling["command"], others: NodeJS.ProcessEnv = {}): Promise<Newcomer> {
    const { PULUMI_CONFIG_PASSPHRASE: _, PULUMI_HOME: __, ...tools } = await testEnvironment();
    return new Newcomer({ ...tools, ...others }, command);
  }

  /** Calls the command, however that ends. */
  try(...words: string[]): Promise<Ended> {
    return metaPrefect(words, { cwd: this.folder, env: this.env, command: this.command });
  }

  /** Calls the command, which is to end well. */
  async call(...words: string[]): Promise<Ended> {
    const ended = await this.try(...words);
    assert.equal(ended.code, 0, `${words.join(" ")}\n${ended.said}\n${ended.printed}`);
    return ended;
  }

  /** Nothing is running that the command has started, and nothing lies outside of the folder but what is said above. */
  async leavesNothing(): Promise<void> {
    const left = () => runningProcesses().filter(({ pid }) => !this.before.includes(pid) && isOf(pid, this.home));
    assert.ok(await until(() => left().length === 0, { every: 250, patience: 20_000 }), JSON.stringify(left()));
    // what Python compiles is the run's
    const files = fs.readdirSync(this.folder).filter((name) => name !== "__pycache__");
    assert.deepEqual(files.sort(), [".meta-prefect", "Pulumi.yaml", "flows.py", "meta_prefect.yaml"]);
    const outside = filesBelow(this.home).filter((file) => !keptInHome.some((kept) => kept.test(file)));
    assert.deepEqual(outside, []);
    const temporary = fs.readdirSync(this.temporary).filter((name) => ours.test(name));
    assert.deepEqual(temporary, []);
  }

  /** The one copy of the package is in the cache, and is what the program loads. */
  keepsOneCopy(): void {
    const cache = path.join(this.home, ".cache");
    const kept = fs.readdirSync(path.join(cache, "meta-prefect", "packages"));
    assert.equal(kept.length, 1, kept.join("\n"));
    assert.match(kept.join("\n"), /^\d+\.\d+\.\d+-[0-9a-f]{12}$/);
    const linked = fs.realpathSync(path.join(this.folder, ".meta-prefect", "node_modules", "meta-prefect"));
    assert.ok(linked.startsWith(fs.realpathSync(cache)), linked);
  }
}

/** Whether a process was started with a home, or by one that was. Pulumi's language host may outlive it for a while, and ends by itself. */
function isOf(pid: number, home: string): boolean {
  try {
    if (fs.readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("pulumi-language")) return false;
    return fs.readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`HOME=${home}`);
  } catch {
    // it has ended meanwhile
    return false;
  }
}

/** The files below a folder, each by its path from there. */
function filesBelow(folder: string): string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)));
}
