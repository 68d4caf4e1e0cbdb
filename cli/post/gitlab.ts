import type { CheckResult, CodeHost, Comment } from "./codeHost";
import type { GitlabPlace } from "./gitlabPlace";
import { type HostAccess, HostApi } from "./hostApi";
import { idText } from "./idText";

const remedies = {
  401: "GITLAB_TOKEN is wrong, was revoked or has expired",
  403: "GITLAB_TOKEN needs the scope api and the role Developer in the project",
  404: "check whether GITLAB_TOKEN is of this project and may see its merge requests",
};

/** A merge request on GitLab. */
export function gitlab(place: GitlabPlace, pause: HostAccess["pause"]): CodeHost {
  const { apiUrl, token, project, number, pipeline, isFromFork } = place;
  const headers = { "PRIVATE-TOKEN": token };
  const api = new HostApi({ host: "GitLab", variable: "CI_API_V4_URL", apiUrl, token, headers, remedies, pause });
  const notes = `/projects/${project}/merge_requests/${number}/notes`;

  async function me(): Promise<string> {
    const asked = { method: "GET", path: "/user" } as const;
    const user = await api.object(asked);
    const id = idText(user.id);
    if (id === undefined) throw api.unbelievable(asked, user, "whose the token is");
    return id;
  }

  async function check({ name, isGood, description }: CheckResult): Promise<void> {
    if (pipeline === undefined) return;
    const at = `/projects/${pipeline.project}`;
    const state = isGood ? "success" : "failed";
    const known = await api.list(
      `${at}/repository/commits/${pipeline.commit}/statuses?name=${encodeURIComponent(name)}`,
    );
    const isSet = (one: Record<string, unknown>) =>
      one.name === name && one.status === state && one.description === description;
    if (known.some(isSet)) return;
    const body = { state, name, description, pipeline_id: pipeline.id };
    await api.ask({ method: "POST", path: `${at}/statuses/${pipeline.commit}`, body, isRepeatable: true });
  }

  return {
    name: "GitLab",
    limit: 1_000_000,
    ...(isFromFork && { readOnly: "a token of the fork may not write in the project that it is merged into" }),
    // a line such as "/merge" would be done with the token's rights; a space before it is not seen
    harmless: (text) => text.replace(/^\//gm, " /"),
    me,
    check,
    comments: async () => (await api.list(`${notes}?sort=asc&order_by=created_at`)).flatMap(commentOf),
    create: async (body) => {
      await api.object({ method: "POST", path: notes, body: { body } });
    },
    update: async (id, body) => {
      await api.object({ method: "PUT", path: `${notes}/${id}`, body: { body } });
    },
    remove: async (id) => {
      await api.ask({ method: "DELETE", path: `${notes}/${id}` });
    },
  };
}

function commentOf({ id: given, body, author }: Record<string, unknown>): Comment[] {
  const id = idText(given);
  if (id === undefined || typeof body !== "string") return [];
  const user = idText(((author ?? {}) as { id?: unknown }).id);
  return [{ id, text: body, ...(user !== undefined && { author: user }) }];
}
