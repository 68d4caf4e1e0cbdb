import * as fs from "node:fs";
import * as path from "node:path";
import { temporaryFolder } from "./environment";
import { HostStandIn, type Reply, type Sent } from "./hostStandIn";

const refused = { status: 403, json: { message: "Resource not accessible by integration", status: "403" } };
const missing = { status: 404, json: { message: "Not Found", status: "404" } };

function invalid(resource: string, message: string): Reply {
  const errors = [{ resource, code: "unprocessable", field: "data", message }];
  return { status: 422, json: { message: "Validation Failed", errors } };
}

/** Stands for the parts of GitHub's REST API that a comment needs, and refuses what that refuses. */
export class GithubStandIn extends HostStandIn {
  readonly me = "github-actions[bot]";
  readonly repository = "risk/flows";
  /** What the token of the job may write, as its `permissions` say. */
  permissions = { "pull-requests": true, statuses: true };
  isFromFork = false;
  /** Where the API is: at the root of a host of its own, or at "/api/v3" of an enterprise server. */
  base = "";

  get apiUrl(): string {
    return `${this.origin}${this.base}`;
  }

  environment(): NodeJS.ProcessEnv {
    const event = path.join(temporaryFolder(), "event.json");
    const head = { sha: this.commit, repo: { full_name: this.isFromFork ? "eve/flows" : this.repository } };
    const base = { repo: { full_name: this.repository } };
    fs.writeFileSync(event, JSON.stringify({ action: "opened", pull_request: { number: this.number, head, base } }));
    return {
      GITHUB_API_URL: this.apiUrl,
      GITHUB_REPOSITORY: this.repository,
      GITHUB_EVENT_PATH: event,
      GITHUB_REF: `refs/pull/${this.number}/merge`,
      GITHUB_TOKEN: this.token,
    };
  }

  protected answer(sent: Sent, json: Record<string, unknown>): Reply {
    const { method, path: at, headers } = sent;
    if (!headers["user-agent"]) return { status: 403, text: "Request forbidden by administrative rules." };
    if (headers.authorization !== `Bearer ${this.token}`) return { status: 401, json: { message: "Bad credentials" } };
    if (at === (this.base === "" ? "/graphql" : "/api/graphql")) return this.graphql(method, json);
    if (headers.accept !== "application/vnd.github+json") return { status: 415, json: { message: "Unsupported" } };
    if (headers["x-github-api-version"] !== "2022-11-28") return { status: 400, json: { message: "Bad version" } };
    const [, repository, rest = ""] = /^\/repos\/([^/]+\/[^/]+)(\/.*)$/.exec(at) ?? [];
    if (repository !== this.repository) return missing;
    if (rest === `/issues/${this.number}/comments`) {
      return method === "GET" ? this.page(this.comments.map(shown), sent) : this.make(method, json);
    }
    const [, id] = /^\/issues\/comments\/(\d+)$/.exec(rest) ?? [];
    if (id !== undefined) return this.change(method, Number(id), json);
    if (rest === `/commits/${this.commit}/statuses` && method === "GET") {
      return this.page([...this.checks].reverse(), sent);
    }
    return rest === `/statuses/${this.commit}` ? this.status(method, json) : missing;
  }

  private graphql(method: string, { query }: Record<string, unknown>): Reply {
    if (method !== "POST" || typeof query !== "string")
      return { status: 400, json: { message: "A query must be given" } };
    if (!/^\{ viewer \{ login \} \}$/.test(query)) {
      return { status: 200, json: { errors: [{ message: "Field doesn't exist" }] } };
    }
    return { status: 200, json: { data: { viewer: { login: this.me } } } };
  }

  private make(method: string, { body }: Record<string, unknown>): Reply {
    if (method !== "POST") return missing;
    const wrong = this.wrong(body);
    return wrong ?? { status: 201, json: shown(this.add(body as string, this.me)) };
  }

  private change(method: string, id: number, { body }: Record<string, unknown>): Reply {
    // a token that may write may change the comments of anybody
    const place = this.comments.findIndex((comment) => comment.id === id);
    const comment = this.comments[place];
    if (!comment) return missing;
    if (method === "DELETE") {
      if (!this.permissions["pull-requests"]) return refused;
      this.comments.splice(place, 1);
      return { status: 204 };
    }
    const wrong = method === "PATCH" ? this.wrong(body) : missing;
    if (wrong) return wrong;
    comment.text = body as string;
    return { status: 200, json: shown(comment) };
  }

  private wrong(body: unknown): Reply | undefined {
    if (!this.permissions["pull-requests"]) return refused;
    if (typeof body !== "string" || body.trim() === "") return invalid("IssueComment", "Body can't be blank");
    return body.length > 65_536 ? invalid("IssueComment", "Body is too long (maximum is 65536 characters)") : undefined;
  }

  private status(method: string, { state, context, description }: Record<string, unknown>): Reply {
    if (method !== "POST") return missing;
    if (!this.permissions.statuses) return refused;
    if (!["error", "failure", "pending", "success"].includes(String(state)))
      return invalid("Status", "State is invalid");
    if (typeof context !== "string" || context.length > 255) return invalid("Status", "Context is too long");
    if (String(description).length > 140)
      return invalid("Status", "Description is too long (maximum is 140 characters)");
    this.checks.push({ state, context, description });
    return { status: 201, json: { id: 1, state, context, description } };
  }
}

function shown({ id, text, author }: { id: number; text: string; author: string }) {
  return { id, body: text, user: { login: author, type: author.endsWith("[bot]") ? "Bot" : "User" } };
}
