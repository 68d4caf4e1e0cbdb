import { HostStandIn, type Reply, type Sent, type StoredComment } from "./hostStandIn";

const refused = { status: 403, json: { message: "403 Forbidden" } };
const notFound = (what: string) => ({ status: 404, json: { message: `404 ${what} Not Found` } });

/** Stands for the parts of GitLab's REST API that a note needs, and refuses what that refuses. */
export class GitlabStandIn extends HostStandIn {
  readonly me = "55";
  readonly project = 4242;
  readonly pipeline = 900;
  /** The scope of the token. */
  scope: "api" | "read_api" = "api";
  mayCheck = true;
  /** What quick actions were done, which a note has in lines of their own. */
  readonly done: string[] = [];

  get apiUrl(): string {
    return `${this.origin}/api/v4`;
  }

  environment(): NodeJS.ProcessEnv {
    return {
      CI_API_V4_URL: this.apiUrl,
      CI_PROJECT_ID: String(this.project),
      CI_MERGE_REQUEST_IID: String(this.number),
      CI_MERGE_REQUEST_PROJECT_ID: String(this.project),
      CI_PIPELINE_ID: String(this.pipeline),
      CI_COMMIT_SHA: this.commit,
      CI_JOB_TOKEN: "the-job's",
      GITLAB_TOKEN: this.token,
    };
  }

  protected answer(sent: Sent, json: Record<string, unknown>): Reply {
    const { method, path, headers } = sent;
    if (headers["private-token"] !== this.token) return { status: 401, json: { message: "401 Unauthorized" } };
    if (this.scope === "read_api" && method !== "GET") {
      const error = "insufficient_scope";
      return {
        status: 403,
        json: { error, error_description: "The request requires higher privileges than provided" },
      };
    }
    if (path === "/user") return { status: 200, json: { id: Number(this.me), username: "project_4242_bot" } };
    const [, project, rest = ""] = /^\/projects\/([^/]+)(\/.*)$/.exec(path) ?? [];
    if (project !== String(this.project)) return notFound("Project");
    const [, id] = new RegExp(`^/merge_requests/${this.number}/notes(?:/(\\d+))?$`).exec(rest) ?? [undefined, ""];
    if (id === undefined) return this.notes(sent, json);
    if (id !== "") return this.change(method, Number(id), json);
    if (rest === `/repository/commits/${this.commit}/statuses` && method === "GET") {
      return this.page(
        this.checks.filter(({ name }) => name === sent.query.get("name")),
        sent,
      );
    }
    return rest === `/statuses/${this.commit}` ? this.status(method, json) : notFound("Merge Request");
  }

  private notes(sent: Sent, { body }: Record<string, unknown>): Reply {
    if (sent.method === "GET") {
      const oldestFirst = sent.query.get("sort") === "asc" && sent.query.get("order_by") === "created_at";
      const system = { id: 1, body: "added 1 commit", author: { id: 3 }, system: true };
      const all = [system, ...this.comments.map(shown)];
      return this.page(oldestFirst ? all : all.reverse(), sent);
    }
    if (sent.method !== "POST") return { status: 405, json: { error: "405 Not Allowed" } };
    const wrong = this.wrong(body);
    return wrong ?? { status: 201, json: shown(this.add(this.withoutActions(body as string), this.me)) };
  }

  private change(method: string, id: number, { body }: Record<string, unknown>): Reply {
    const place = this.comments.findIndex((comment) => comment.id === id);
    const comment = this.comments[place];
    if (!comment) return notFound("Note");
    if (comment.author !== this.me) return refused;
    if (method === "DELETE") {
      this.comments.splice(place, 1);
      return { status: 204 };
    }
    if (method !== "PUT") return { status: 405, json: { error: "405 Not Allowed" } };
    const wrong = this.wrong(body);
    if (wrong) return wrong;
    comment.text = this.withoutActions(body as string);
    return { status: 200, json: shown(comment) };
  }

  private wrong(body: unknown): Reply | undefined {
    if (typeof body !== "string") return { status: 400, json: { error: "body is missing" } };
    if (body.length <= 1_000_000) return undefined;
    const message = '400 Bad request - Note {:note=>["is too long (maximum is 1000000 characters)"]}';
    return { status: 400, json: { message } };
  }

  /** Does what a note asks for, outside of blocks of code or not: where one ends is not for the stand-in to say. */
  private withoutActions(text: string): string {
    const action = /^\/(merge|close|approve|label|assign)\b[^\n]*$/gim;
    this.done.push(...(text.replaceAll("\r", "").match(action) ?? []));
    return text.replaceAll("\r", "").replace(action, "");
  }

  private status(method: string, { state, name, description, pipeline_id: pipeline }: Record<string, unknown>): Reply {
    if (method !== "POST") return { status: 405, json: { error: "405 Not Allowed" } };
    if (!this.mayCheck) return refused;
    if (!["pending", "running", "success", "failed", "canceled", "skipped"].includes(String(state))) {
      return { status: 400, json: { error: "state does not have a valid value" } };
    }
    if (String(name).length > 255 || String(description).length > 255) {
      return { status: 400, json: { message: { name: ["is too long (maximum is 255 characters)"] } } };
    }
    if (pipeline !== this.pipeline) return notFound("Pipeline");
    this.checks.splice(0, Infinity, ...this.checks.filter((one) => one.name !== name));
    this.checks.push({ status: state, name, description });
    return { status: 201, json: { id: 1, status: state, name, description } };
  }
}

function shown({ id, text, author }: StoredComment) {
  return { id, body: text, author: { id: Number(author) || 3, username: author }, system: false };
}
