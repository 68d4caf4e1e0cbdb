import { commitHash, positiveNumber } from "./ciValues";
import type { Found } from "./found";

/** A merge request of GitLab's. */
export interface GitlabPlace {
  apiUrl: string;
  token: string;
  /** The project that is merged into, by its id. */
  project: number;
  /** The merge request's number within that project. */
  number: number;
  /** The pipeline in which the job is, and its project, which is another for a fork. */
  pipeline?: { project: number; id: number; commit: string };
  isFromFork: boolean;
}

/** The merge request that a job of GitLab CI is about, as its environment says, or why there is nothing to post to. */
export function gitlabPlace(environment: NodeJS.ProcessEnv): Found<GitlabPlace> {
  const apiUrl = environment.CI_API_V4_URL;
  const own = positiveNumber(environment.CI_PROJECT_ID);
  if (!apiUrl || own === undefined) return { nothing: "this is no job of GitLab CI (CI_API_V4_URL, CI_PROJECT_ID)" };
  const number = positiveNumber(environment.CI_MERGE_REQUEST_IID);
  if (number === undefined) {
    return {
      nothing:
        "this job is not about a merge request (CI_MERGE_REQUEST_IID); run it by the rule $CI_PIPELINE_SOURCE == 'merge_request_event'",
    };
  }
  const token = (environment.GITLAB_TOKEN ?? "").trim();
  if (token === "") {
    return {
      nothing:
        "there is no token; set the variable GITLAB_TOKEN to a project access token with the scope api, as CI_JOB_TOKEN can't write comments",
    };
  }
  const project = positiveNumber(environment.CI_MERGE_REQUEST_PROJECT_ID) ?? own;
  const [id, commit] = [positiveNumber(environment.CI_PIPELINE_ID), commitHash(environment.CI_COMMIT_SHA)];
  return {
    place: {
      apiUrl: apiUrl.replace(/\/+$/, ""),
      token,
      project,
      number,
      ...(id !== undefined && commit !== undefined && { pipeline: { project: own, id, commit } }),
      isFromFork: project !== own,
    },
  };
}
