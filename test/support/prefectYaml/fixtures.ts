import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../../tools/root";
import { run } from "../../../tools/run";
import { nearCopies, nearCopiesFlow } from "./nearCopies";

/** A project with one or several prefect.yaml files that Prefect deploys. */
export interface Fixture {
  name: string;
  /** Its own folder, made for the test. */
  folder: string;
  /** The folders of its prefect.yaml files, from each of which they are deployed. */
  folders: string[];
  env: Record<string, string>;
  /** What the program says that steps give, by their ids. */
  outputs?: Record<string, Record<string, unknown>>;
  /** What is said of its lines, each "<line>: <part of the message>"; anything else is too much. */
  said: string[];
  /** Where ours is to differ, each the beginning of a difference, with why. */
  differs: Record<string, string>;
}

/** What `setting.json` beside a prefect.yaml may say. */
type Setting = Partial<Pick<Fixture, "env" | "outputs" | "said" | "differs">> & { folders?: string[]; git?: boolean };

const stored = path.join(root, "test/support/prefectYaml/fixtures");

/** Makes all of them below a folder. */
export async function fixturesIn(below: string): Promise<Fixture[]> {
  const names = fs.readdirSync(stored).sort();
  const copied = await Promise.all(names.map((name) => copy(name, path.join(below, name))));
  return [...copied, manyCopies(path.join(below, "nearCopies"))];
}

async function copy(name: string, folder: string): Promise<Fixture> {
  fs.cpSync(path.join(stored, name), folder, { recursive: true });
  const file = path.join(folder, "setting.json");
  const { git, folders, ...setting } = fs.existsSync(file)
    ? (JSON.parse(fs.readFileSync(file, "utf8")) as Setting)
    : {};
  fs.rmSync(file, { force: true });
  if (git) await makeRepository(folder);
  return fixture(name, folder, { ...setting, folders: folders?.map((below) => path.join(folder, below)) });
}

function manyCopies(folder: string): Fixture {
  fs.mkdirSync(path.join(folder, "flows"), { recursive: true });
  fs.writeFileSync(path.join(folder, "flows/load.py"), nearCopiesFlow);
  fs.writeFileSync(path.join(folder, "prefect.yaml"), nearCopies(50, "etl"));
  return fixture("nearCopies", folder);
}

function fixture(name: string, folder: string, { folders, ...given }: Partial<Fixture> = {}): Fixture {
  return { name, folder, folders: folders ?? [folder], env: {}, said: [], differs: {}, ...given };
}

async function makeRepository(folder: string): Promise<void> {
  const who = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
  await run("git", ["init", "-q", "-b", "main"], { cwd: folder });
  await run("git", ["add", "."], { cwd: folder });
  await run("git", [...who, "commit", "-q", "-m", "all"], { cwd: folder });
}
