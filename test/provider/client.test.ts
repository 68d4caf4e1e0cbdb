import assert from "node:assert/strict";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { PrefectClient } from "../../provider/client";
import { path } from "../../provider/path";
import { ApiError, ConnectionError, NotTriedError } from "../../provider/errors";

type Answer = { status: number; body?: unknown; headers?: Record<string, string>; drop?: boolean };

/** A server that answers as it is told to: faults that a real Prefect server can't be made to show. */
async function serving(
  answers: Answer[],
  work: (client: PrefectClient, requests: http.IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)] as Answer;
    requests.push(request);
    request.resume();
    if (answer.drop) return void request.socket.destroy();
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = new PrefectClient({
    apiUrl: `http://127.0.0.1:${port}/api`,
    headers: { "x-proxy": "yes" },
    environment: {},
  });
  try {
    await work(client, requests);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const ok: Answer = { status: 200, body: { id: "1" } };

describe("the client", () => {
  for (const status of [429, 502, 503, 504]) {
    it(`asks again after ${status}`, () =>
      serving([{ status }, { status }, ok], async (client, requests) => {
        assert.deepEqual(await client.post("/flows/", { name: "f" }), { id: "1" });
        assert.equal(requests.length, 3);
      }));
  }

  it("waits as long as the server says", () =>
    serving([{ status: 429, headers: { "retry-after": "1" } }, ok], async (client) => {
      const started = Date.now();
      await client.find("/flows/1");
      assert.ok(Date.now() - started >= 950);
    }));

  it("asks again when the connection is dropped", () =>
    serving([{ status: 0, drop: true }, ok], async (client) => {
      assert.deepEqual(await client.find("/flows/1"), { id: "1" });
    }));

  for (const status of [400, 409, 422, 500]) {
    it(`takes ${status} as final`, () =>
      serving([{ status, body: { detail: "no good" } }], async (client, requests) => {
        await assert.rejects(client.post("/flows/", {}), (error) => {
          assert.ok(error instanceof ApiError);
          assert.deepEqual(
            [error.method, error.path, error.status, error.detail],
            ["POST", "/flows/", status, "no good"],
          );
          return true;
        });
        assert.equal(requests.length, 1);
      }));
  }

  it("names each field that the server refuses", () =>
    serving(
      [{ status: 422, body: { exception_detail: [{ loc: ["body", "tags", 0], msg: "must be a string" }] } }],
      async (client) => {
        await assert.rejects(client.post("/flows/", {}), /tags\.0: must be a string/);
      },
    ));

  it("takes 404 as absence, of what is read, changed or deleted", () =>
    serving([{ status: 404, body: { detail: "not found" } }], async (client) => {
      assert.equal(await client.find("/flows/1"), undefined);
      assert.equal(await client.patch("/flows/1", {}), false);
      await client.delete("/flows/1");
    }));

  it("reads every page", () => {
    const page = (length: number): Answer => ({ status: 200, body: Array.from({ length }, (_, i) => ({ i })) });
    return serving([page(200), page(200), page(3)], async (client, requests) => {
      assert.equal((await client.filter("/flows/filter")).length, 403);
      assert.equal(requests.length, 3);
    });
  });

  it("says once that the credentials are refused, and sends nothing more", () =>
    serving([{ status: 401, body: { exception_message: "Unauthorized" } }], async (client, requests) => {
      const results = await Promise.allSettled([1, 2, 3, 4].map((i) => client.find(`/flows/${i}`)));
      const errors = results.map((result) => (result as PromiseRejectedResult).reason as Error);
      assert.match(
        errors[0]?.message ?? "",
        /http:\/\/127\.0\.0\.1:\d+\/api refused the credentials .*prefect:apiKey .*prefect:authString/,
      );
      assert.ok(errors.slice(1).every((error) => error instanceof NotTriedError));
      assert.equal(requests.length, 1);
    }));

  it("names the address of a server that can't be reached, and what to do", async () => {
    const client = new PrefectClient({ apiUrl: "http://127.0.0.1:9/api", headers: {}, environment: {} });
    await assert.rejects(
      client.find("/flows/1"),
      /http:\/\/127\.0\.0\.1:9\/api can't be reached .* correct prefect:apiUrl/,
    );
  });

  it("doesn't take a login page for an answer", () =>
    serving([{ status: 200, body: "<html>", headers: { "content-type": "text/html" } }], async (client) => {
      await assert.rejects(client.find("/flows/1"), ConnectionError);
    }));

  it("doesn't follow a redirection, which would turn a POST into a GET", () =>
    serving([{ status: 302, headers: { location: "https://login.example" } }], async (client) => {
      await assert.rejects(client.post("/flows/", {}), /redirection to https:\/\/login\.example/);
    }));

  it("sends its headers with each request, and escapes names in paths", () =>
    serving([ok], async (client, requests) => {
      await client.find(path`/work_pools/${"a b?#ü"}`);
      assert.equal(requests[0]?.headers["x-proxy"], "yes");
      assert.equal(requests[0]?.url, "/api/work_pools/a%20b%3F%23%C3%BC");
    }));

  it("has fewer requests in flight while the server is overloaded", async () => {
    let inFlight = 0;
    let refused = 0;
    const server = http.createServer((_, response) => {
      inFlight += 1;
      // overloaded whenever two requests meet
      const status = inFlight > 1 ? 503 : 200;
      if (status === 503) refused += 1;
      setTimeout(() => {
        inFlight -= 1;
        response.writeHead(status, { "content-type": "application/json" }).end("{}");
      }, 5);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = new PrefectClient({ apiUrl: `http://127.0.0.1:${port}/api`, headers: {}, environment: {} });
    await Promise.all(Array.from({ length: 60 }, (_, i) => client.find(`/flows/${i}`)));
    server.closeAllConnections();
    server.close();
    assert.ok(refused >= 1 && refused <= 5, `${refused} refusals of 60 requests`);
  });
});
