import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import type { Results, Tested } from "./results";
import { root } from "./root";

/** When more files than these fail it is no accident of time, and a second run would only tell it late. */
const mostFiles = 8;

/**
 * Runs the test files of some patterns, two at a time. Of those that fail each is run a second time, alone: on a busy machine real
 * servers and processes have accidents. What fails once and then passes is named at the end as unsteady, which is a defect of the test or
 * of what it tests; what fails twice fails the run. The files that took longest are told, and the last line is the count.
 */
async function main(patterns: string[]): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "meta-prefect-tests-"));
  try {
    const first = await mocha(["--parallel", "--jobs", "2", ...patterns], path.join(folder, "first"));
    const files = [...new Set(first.failed.map(({ file }) => file))];
    const isAccident = files.length > 0 && files.length <= mostFiles && !files.includes("");
    if (isAccident)
      console.log(`Of the files ${files.length} failed. A second run of each, alone:\n${files.join("\n")}`);
    const last = isAccident ? await mocha(files, path.join(folder, "second")) : first;
    const failed = titles(last.failed);
    console.log(longest(first.seconds));
    for (const title of titles(first.failed)) if (!failed.has(title)) console.log(`unsteady: ${title}`);
    const passed = [...titles([...first.passed, ...last.passed])].filter((title) => !failed.has(title));
    console.log(`${passed.length} passed, ${failed.size} failed`);
    process.exitCode = failed.size === 0 ? 0 : 1;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function titles(tests: Tested[]): Set<string> {
  return new Set(tests.map(({ file, title }) => `${title} (${path.relative(root, file)})`));
}

/** The files that took half a minute or more, a line each, the longest first. */
function longest(seconds: Record<string, number>): string {
  return Object.entries(seconds)
    .filter(([, took]) => took >= 30)
    .sort(([, a], [, b]) => b - a)
    .map(([file, took]) => `${took.toFixed(0).padStart(5)} s  ${path.relative(root, file)}`)
    .join("\n");
}

/** Runs mocha to its end. One that doesn't come there leaves no results. */
async function mocha(args: string[], file: string): Promise<Results> {
  const reporter = ["--reporter", path.join(__dirname, "results.js"), "--reporter-option", `file=${file}`];
  const ended = await execa("mocha", [...reporter, ...args], {
    cwd: root,
    preferLocal: true,
    stdio: "inherit",
    reject: false,
  });
  const how = `mocha ended with ${ended.signal ?? `exit code ${ended.exitCode}`}`;
  if (!fs.existsSync(file)) throw new Error(`${how}, and before its end`);
  const results = JSON.parse(fs.readFileSync(file, "utf8")) as Results;
  if (ended.failed && results.failed.length === 0) throw new Error(how);
  return results;
}

void main(process.argv.slice(2));
