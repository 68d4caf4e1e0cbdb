import type { CheckResult, CodeHost, Comment } from "./codeHost";
import type { GithubPlace } from "./githubPlace";
import { type HostAccess, HostApi } from "./hostApi";
import { idText } from "./idText";

/** GitHub's words for what a token may do, as a job's `permissions` has them. */
const remedies = {
  401: "GITHUB_TOKEN is wrong or has expired",
  403: "give the job `permissions: { pull-requests: write, statuses: write }`",
  404: "check the repository and the number, and whether the token may see them",
};

/** A pull request on GitHub. */
export function github(place: GithubPlace, pause: HostAccess["pause"]): CodeHost {
  const { apiUrl, token, repository, number, commit, isFromFork } = place;
  const headers = {
    Authorization: `Bearer ${token}`,
    Accept: "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
  };
  const access = { host: "GitHub", variable: "GITHUB_API_URL", token, headers, remedies, pause };
  const api = new HostApi({ ...access, apiUrl });
  const at = `/repos/${repository}`;

  /** The token of a job is no user's, which only GraphQL tells. */
  async function me(): Promise<string> {
    const graphql = new HostApi({ ...access, apiUrl: apiUrl.replace(/\/v3$/, "") });
    const asked = {
      method: "POST",
      path: "/graphql",
      body: { query: "{ viewer { login } }" },
      isRepeatable: true,
    } as const;
    const answer = await graphql.object(asked);
    const { viewer } = (answer.data ?? {}) as { viewer?: { login?: unknown } };
    if (typeof viewer?.login !== "string") throw graphql.unbelievable(asked, answer, "whose the token is");
    return viewer.login;
  }

  async function check({ name, isGood, description }: CheckResult): Promise<void> {
    if (commit === undefined) return;
    const wanted = { state: isGood ? "success" : "failure", context: name, description };
    // the latest stand first
    const known = (await api.list(`${at}/commits/${commit}/statuses`)).find(({ context }) => context === name);
    if (known?.state === wanted.state && known.description === description) return;
    await api.ask({ method: "POST", path: `${at}/statuses/${commit}`, body: wanted, isRepeatable: true });
  }

  return {
    name: "GitHub",
    limit: 65_536,
    ...(isFromFork && { readOnly: "the token of a pull request from a fork may only read" }),
    harmless: (text) => text,
    me,
    check,
    comments: async () => (await api.list(`${at}/issues/${number}/comments`)).flatMap(commentOf),
    create: async (body) => {
      await api.object({ method: "POST", path: `${at}/issues/${number}/comments`, body: { body } });
    },
    update: async (id, body) => {
      await api.object({ method: "PATCH", path: `${at}/issues/comments/${id}`, body: { body } });
    },
    remove: async (id) => {
      await api.ask({ method: "DELETE", path: `${at}/issues/comments/${id}` });
    },
  };
}

function commentOf({ id: given, body, user }: Record<string, unknown>): Comment[] {
  const id = idText(given);
  if (id === undefined || typeof body !== "string") return [];
  const { login } = (user ?? {}) as { login?: unknown };
  return [{ id, text: body, ...(typeof login === "string" && { author: login }) }];
}
