import * as fs from "node:fs";
import * as path from "node:path";
import { prefectServer } from "../support/environment";
import { git } from "../support/git";
import { Proxy } from "../support/proxy";
import { folderOfFlows, perFile } from "./command";
import { compare, seconds } from "./compare";

const many = 1000;
/** How many of them change what they take, and how many are deleted. */
const [changed, deleted] = [280, 20];

/** What a report for a pull request adds to the preview, where 300 of 1000 deployments change. */
export async function reportOfMany(): Promise<void> {
  const proxy = await Proxy.before((await prefectServer()).apiUrl);
  const { folder, env, call } = await folderOfFlows(`report-${process.pid}`, many);
  Object.assign(env, { PREFECT_API_URL: proxy.apiUrl, GITHUB_BASE_REF: "main" });
  git(folder, "init", "--quiet");
  git(folder, "add", ".");
  git(folder, "commit", "--quiet", "--message", "one");
  git(folder, "update-ref", "refs/remotes/origin/main", "HEAD");
  await call("deploy", "--yes");
  for (let file = 0; file * perFile < changed; file += 1)
    edit(path.join(folder, `flows_${file}.py`), /x: int/g, "y: int");
  const gone = Array.from({ length: deleted }, (_, i) => `  report-${process.pid}-${changed + i}:\n.*\n.*\n`);
  edit(path.join(folder, "meta_prefect.yaml"), new RegExp(gone.join("|"), "g"), "");
  const report = path.join(folder, "report.md");
  const asked = async (...words: string[]) => {
    const before = proxy.passed.length;
    await call(...words);
    return proxy.passed.length - before;
  };
  const ours = ["preview", "--markdown", report];
  const requests = { ours: await asked(...ours), theirs: await asked("preview") };
  await compare(
    `a preview with a report of ${changed + deleted} changes among ${many} deployments, against the preview itself`,
    () => seconds(() => call(...ours)),
    () => seconds(() => call("preview")),
  );
  const bytes = fs.statSync(report).size;
  console.log(
    `  the report has ${bytes} bytes, and asks ${requests.ours - requests.theirs} times; the preview ${requests.theirs}`,
  );
  await call("destroy", "--yes");
  proxy.close();
}

function edit(file: string, what: RegExp, by: string): void {
  const text = fs.readFileSync(file, "utf8");
  if (!what.test(text)) throw new Error(`${file} hasn't ${what}`);
  fs.writeFileSync(file, text.replace(what, by));
}
