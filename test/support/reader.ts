import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { temporaryFolder, testEnvironment } from "./environment";
import type { CodeBlock, Page } from "./page";

/** A person who follows a page word for word, with a home of their own that is empty. */
export class Reader {
  readonly home = fs.realpathSync(temporaryFolder());
  private folder = this.home;
  /** The folders that the reader has been in. */
  private readonly visited = new Set<string>();
  private env: NodeJS.ProcessEnv;

  private constructor(env: NodeJS.ProcessEnv) {
    this.env = env;
  }

  /**
   * @param command file of the command `meta-prefect`
   * @param others what is different in the environment; undefined for what isn't in it
   */
  static async with(command: string, others: NodeJS.ProcessEnv = {}): Promise<Reader> {
    const { PULUMI_CONFIG_PASSPHRASE: _, PULUMI_HOME: __, PREFECT_HOME: ___, ...tools } = await testEnvironment();
    const commands = temporaryFolder();
    script(path.join(commands, "meta-prefect"), `exec "${process.execPath}" "${command}" "$@"`);
    script(path.join(commands, "npx"), 'case $1 in meta-prefect) exec "$@" ;; *) exec "node_modules/.bin/$@" ;; esac');
    const PATH = [commands, tools.PATH].join(path.delimiter);
    const reader = new Reader({ ...tools, PATH });
    reader.env = {
      ...reader.env,
      HOME: reader.home,
      XDG_CACHE_HOME: path.join(reader.home, ".cache"),
      XDG_STATE_HOME: path.join(reader.home, ".local", "state"),
      PULUMI_SKIP_UPDATE_CHECK: "1",
      ...others,
    };
    return reader;
  }

  /** Who reads on in a folder that is there already. */
  static at(folder: string, env: NodeJS.ProcessEnv): Reader {
    const reader = new Reader(env);
    reader.folder = folder;
    return reader;
  }

  /** A file of the reader's, by its path below the present folder. */
  write(file: string, text: string): void {
    const place = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, text);
  }

  read(file: string): string {
    return fs.readFileSync(path.join(this.folder, file), "utf8");
  }

  /** Moves into a folder of the home, which is made. */
  goInto(folder: string): void {
    this.folder = path.join(this.home, folder);
    this.visited.add(this.folder);
    fs.mkdirSync(this.folder, { recursive: true });
  }

  /**
   * Does what a page says, block by block: writes the files that it shows, types the lines of its shell, and compares what is printed
   * with the text block that follows. Each line has to end well; where one doesn't, the page says so, as by `|| echo "exit code $?"`.
   *
   * @param instead command lines that are done otherwise, since what they fetch isn't published or takes minutes, by what is done
   * @param isRead whether a block is read; every one, unless it is given
   */
  async follow(
    page: Page,
    instead: Record<string, string> = {},
    isRead: (block: CodeBlock) => boolean = () => true,
  ): Promise<void> {
    for (const line of Object.keys(instead)) assert.ok(page.text.includes(line), `${page.file} has no line: ${line}`);
    for (const [index, block] of page.blocks.entries()) {
      if (!isRead(block)) continue;
      if (block.language === "sh") {
        const next = page.blocks[index + 1];
        const isShown = next?.language === "text" && next.file === undefined;
        await this.typed(page, block, isShown ? next.text : undefined, instead);
      } else if (block.file !== undefined) {
        this.write(block.file.replace(/,.*/, ""), block.text);
      } else if (block.language === "text") {
        assert.equal(page.blocks[index - 1]?.language, "sh", `${page.file}:${block.line}: no command prints this`);
      }
    }
  }

  private async typed(
    page: Page,
    block: CodeBlock,
    shown: string | undefined,
    instead: Record<string, string>,
  ): Promise<void> {
    const place = `${page.file}:${block.line}`;
    let text = block.text;
    for (const [line, other] of Object.entries(instead)) text = text.replace(line, () => other);
    const { code, printed } = await this.type(`set -e\n${text}`);
    assert.equal(code, 0, `${place}: ended with ${code}\n${printed}`);
    if (shown !== undefined) compare(shown, printed, place);
  }

  /** Takes down what is deployed and ends what is running, where the page hasn't come to that. */
  async takeDown(): Promise<void> {
    for (const folder of [...this.visited]) {
      if (!fs.existsSync(path.join(folder, "Pulumi.yaml"))) continue;
      this.folder = folder;
      await this.type(
        `if [ -d .pulumi ]; then export PULUMI_BACKEND_URL=file://. PULUMI_CONFIG_PASSPHRASE=
        else unset PULUMI_BACKEND_URL PULUMI_CONFIG_PASSPHRASE; fi
        for env in dev prod; do [ ! -e Pulumi.$env.yaml ] || meta-prefect destroy --yes --env $env; done
        meta-prefect server stop`,
      );
    }
  }

  /** Types lines into the shell, which knows folder and environment of those before. */
  async type(lines: string): Promise<{ code: number | null; printed: string }> {
    const kept = path.join(temporaryFolder(), "environment");
    const keeping = `trap 'code=$?; { pwd; env -0; } > "${kept}"; exit $code' EXIT`;
    const child = spawn("bash", ["-c", `exec 2>&1\n${keeping}\n${lines}`], {
      cwd: this.folder,
      env: this.env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (more: string) => (printed += more));
    // a worker that is started may hold the stream, so its end isn't waited for
    const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const [, folder = "", variables = ""] = /^(.*)\n([^]*)$/.exec(fs.readFileSync(kept, "utf8")) ?? [];
    this.folder = folder;
    this.visited.add(folder);
    this.env = Object.fromEntries(
      variables.split("\0").flatMap((entry) => {
        const [, name, value] = /^([^=]+)=([^]*)$/.exec(entry) ?? [];
        return name === undefined ? [] : [[name, value]];
      }),
    );
    return { code, printed: printed.replaceAll(this.home, "/home/ana") };
  }
}

/** Compares what a page shows with what is printed, but for ids, times, addresses and the like. A line of dots stands for other lines. */
export function compare(shown: string, printed: string, place: string): void {
  const [expected, actual] = [masked(shown), masked(printed)];
  if (!expected.includes("...")) {
    assert.deepEqual(actual, expected, `${place} prints otherwise:\n${printed}`);
    return;
  }
  // what a worker logs and what the command says may come in any order
  for (const line of expected.filter((line) => line !== "...")) {
    assert.ok(actual.includes(line), `${place} prints no "${line}":\n${printed}`);
  }
}

function script(file: string, text: string): void {
  fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

const masks: [RegExp, string][] = [
  // long texts are cut, and folders of tests are long
  [/=> "\/[^",]*("|\.\.\.)/g, '=> "<path>"'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>"],
  [/http:\/\/127\.0\.0\.1:\d+/g, "<server>"],
  [/-[0-9a-f]{8}\b/g, "-<hash>"],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, "<time>"],
  [/\b\d{4}-\d\d-\d\d( [A-Z][\w'. ]+)?/g, "<day>"],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) /g, ""],
  [/\b\d\d:\d\d:\d\d\b/g, "<time>"],
  [/\b(in )?\d+(\.\d+)? (second|minute|hour|day|s\b)s?/g, "<span>"],
  [/\band \d+ more until/g, "and more until"],
  [/\bprocess \d+/g, "process <number>"],
  [/\bv?\d+\.\d+\.\d+\b/g, "<version>"],
  [/\d+\.\d GB/g, "<size>"],
  [/(-{3,}|─{3,})/g, "---"],
  [/ {2,}/g, "  "],
];

/** Lines without what differs from one time to the next; what tells every now and then that something takes long isn't among them. */
function masked(text: string): string[] {
  const run = /\brun "([a-z]+-[a-z]+)"/.exec(text)?.[1];
  let plain = run === undefined ? text : text.replaceAll(run, "<run>");
  for (const [pattern, mask] of masks) plain = plain.replace(pattern, mask);
  const lines = plain
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !/^ {2}\.\.\. (.* \()?<span>\)?$/.test(line));
  return inAnyOrder(lines);
}

/** Lines with those sorted that stand together and are of objects that are made at once, in whatever order that happens. */
function inAnyOrder(lines: readonly string[]): string[] {
  const sorted: string[] = [];
  let together: string[] = [];
  for (const line of [...lines, ""]) {
    if (/^ {2}([+~-]|created|updated|deleted) /.test(line)) together.push(line);
    else {
      sorted.push(...together.sort(), line);
      together = [];
    }
  }
  return sorted;
}
