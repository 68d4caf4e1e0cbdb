import * as fs from "node:fs";
import { commitHash, positiveNumber } from "./ciValues";
import type { Found } from "./found";

/** A pull request of GitHub's. */
export interface GithubPlace {
  apiUrl: string;
  token: string;
  /** `<owner>/<name>`. */
  repository: string;
  number: number;
  /** The commit of its branch, rather than the one of the merge that is checked out. */
  commit?: string;
  isFromFork: boolean;
}

interface Event {
  pull_request?: {
    number?: unknown;
    head?: { sha?: unknown; repo?: { full_name?: unknown } | null };
    base?: { repo?: { full_name?: unknown } | null };
  };
}

/** The pull request that a job of GitHub Actions is about, as its environment says, or why there is nothing to post to. */
export function githubPlace(environment: NodeJS.ProcessEnv): Found<GithubPlace> {
  const { GITHUB_API_URL: apiUrl, GITHUB_REPOSITORY: repository = "", GITHUB_TOKEN, GITHUB_REF = "" } = environment;
  if (!apiUrl || !/^[\w.-]*\w[\w.-]*\/[\w.-]*\w[\w.-]*$/.test(repository)) {
    return { nothing: "this is no job of GitHub Actions (GITHUB_API_URL, GITHUB_REPOSITORY)" };
  }
  const { pull_request: pullRequest } = eventOf(environment.GITHUB_EVENT_PATH);
  const [, ofRef] = /^refs\/pull\/(\d+)\/(merge|head)$/.exec(GITHUB_REF) ?? [];
  const number = positiveNumber(pullRequest?.number) ?? positiveNumber(ofRef);
  if (number === undefined) return { nothing: "this job is not about a pull request (GITHUB_EVENT_PATH, GITHUB_REF)" };
  const token = (GITHUB_TOKEN ?? "").trim();
  if (token === "") {
    return { nothing: "there is no token; give the step GITHUB_TOKEN: ${{ github.token }} in its env" };
  }
  const [head, base] = [pullRequest?.head?.repo?.full_name, pullRequest?.base?.repo?.full_name];
  const commit = commitHash(pullRequest?.head?.sha);
  return {
    place: {
      apiUrl: apiUrl.replace(/\/+$/, ""),
      token,
      repository,
      number,
      ...(commit !== undefined && { commit }),
      // a fork that is deleted has no repository
      isFromFork: pullRequest?.head !== undefined && head !== base,
    },
  };
}

/** The event that has started the job; nothing where its file can't be read, as the reference may do. */
function eventOf(file: string | undefined): Event {
  if (!file) return {};
  try {
    const event = JSON.parse(fs.readFileSync(file, "utf8")) as Event | null;
    return event ?? {};
  } catch {
    return {};
  }
}
