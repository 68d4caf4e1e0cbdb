import assert from "node:assert/strict";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { PrefectClient } from "../../../provider/api/client";
import { ApiError, ConnectionError, NotTriedError } from "../../../provider/api/errors";
import { path } from "../../../provider/api/path";

type Answer = { status: number; body?: unknown; headers?: Record<string, string>; drop?: boolean };

/** A server that answers as it is told to: faults that a real Prefect server can't be made to show. */
async function serving(
  answers: Answer[],
  work: (client: PrefectClient, requests: http.IncomingMessage[]) => Promise<void>,
  greets = true,
): Promise<void> {
  const requests: http.IncomingMessage[] = [];
  let isGreeted = !greets;
  const server = http.createServer((request, response) => {
    if (!isGreeted) {
      isGreeted = true;
      request.resume();
      return void response.writeHead(200, { "content-type": "application/json" }).end('"3.8.8"');
    }
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
    serving([{ status: 404, body: { detail: "Flow not found" } }], async (client) => {
      assert.equal(await client.find("/flows/1"), undefined);
      assert.equal(await client.patch("/flows/1", {}), false);
      await client.delete("/flows/1");
    }));

  it("takes none of what a change refers to for the absence of what is changed", () =>
    serving([{ status: 404, body: { detail: "Concurrency limit not found" } }], async (client) => {
      assert.equal(await client.patch("/v2/concurrency_limits/1", {}), false);
      await assert.rejects(client.patch("/deployments/1", {}), /answered 404: Concurrency limit not found/);
    }));

  it("reads every page", () => {
    const page = (number: number, length: number): Answer => ({
      status: 200,
      body: Array.from({ length }, (_, i) => ({ id: `${number}-${i}` })),
    });
    return serving([page(1, 200), page(2, 200), page(3, 3)], async (client, requests) => {
      assert.equal((await client.filter("/flows/filter")).length, 403);
      assert.equal(requests.length, 3);
    });
  });

  it("says once that the credentials are refused, and sends nothing more", () =>
    serving(
      [{ status: 401, body: { exception_message: "Unauthorized" } }],
      async (client, requests) => {
        const results = await Promise.allSettled([1, 2, 3, 4].map((i) => client.find(`/flows/${i}`)));
        const errors = results.map((result) => (result as PromiseRejectedResult).reason as Error);
        assert.match(
          errors[0]?.message ?? "",
          /http:\/\/127\.0\.0\.1:\d+\/api refused the credentials .*prefect:apiKey .*prefect:authString/,
        );
        assert.ok(errors.slice(1).every((error) => error instanceof NotTriedError));
        assert.equal(requests.length, 1);
      },
      false,
    ));

  it("names the address of a server that can't be reached, and what to do", async () => {
    const connection = { apiUrl: "http://127.0.0.1:9/api", headers: {}, environment: {} };
    const client = new PrefectClient(connection, { firstContact: 0 });
    await assert.rejects(
      client.find("/flows/1"),
      /http:\/\/127\.0\.0\.1:9\/api can't be reached .* correct prefect:apiUrl/,
    );
  });

  const pages: [string, Answer][] = [
    ["a login page", { status: 200, body: "<html>log in", headers: { "content-type": "text/html" } }],
    [
      "an ingress that knows no such path",
      { status: 404, body: "<html>nginx", headers: { "content-type": "text/html" } },
    ],
    ["another API's 404", { status: 404, body: { detail: "Not Found" } }],
    ["a gateway's 404", { status: 404, body: { message: "no Route matched with those values" } }],
    ["half an answer", { status: 200, body: '{"id": "1", "na' }],
    ["another object", { status: 200, body: { status: "ok" } }],
    ["nothing", { status: 200, body: "" }],
    ["null", { status: 200, body: "null" }],
  ];
  for (const [what, answer] of pages) {
    it(`concludes nothing from ${what}: neither presence, nor absence, nor success`, () =>
      serving([answer], async (client) => {
        const says = (error: Error) => {
          assert.match(error.message, /nothing was concluded from it/);
          return true;
        };
        await assert.rejects(client.find("/flows/1"), says);
        await assert.rejects(client.list("/flows/1"), says);
        await assert.rejects(client.filter("/flows/filter"), says);
        await assert.rejects(client.post("/flows/", {}), says);
        if (what === "null") return;
        await assert.rejects(client.patch("/flows/1", {}), says);
        await assert.rejects(client.put("/flows/1", {}), says);
        await assert.rejects(client.delete("/flows/1"), says);
      }));
    it(`greets no server that is ${what}, and sends it nothing more`, () =>
      serving(
        [answer],
        async (client, requests) => {
          await assert.rejects(client.delete("/flows/1"), /nothing was concluded|is not the address of a Prefect API/);
          await assert.rejects(client.find("/flows/2"), NotTriedError);
          // where the version isn't said, another question may be answered
          assert.equal(requests.length, answer.status === 404 ? 2 : 1);
        },
        false,
      ));
  }

  it("shows only the beginning of a page", () =>
    serving(
      [{ status: 500, body: `<html>${"x".repeat(100_000)}`, headers: { "content-type": "text/html" } }],
      async (client) => {
        await assert.rejects(client.find("/flows/1"), (error: Error) => error.message.length < 400);
      },
    ));

  it("doesn't read the same page for ever", () => {
    const page = { status: 200, body: Array.from({ length: 200 }, (_, i) => ({ id: String(i) })) };
    return serving([page], async (client, requests) => {
      await assert.rejects(client.filter("/flows/filter"), /the same page twice/);
      assert.equal(requests.length, 2);
    });
  });

  it("takes an answer that isn't a list for no page", () =>
    serving([{ status: 200, body: { results: [] } }], async (client, requests) => {
      await assert.rejects(client.filter("/flows/filter"), /instead of a list of objects/);
      assert.equal(requests.length, 1);
    }));

  it("sends what can't be recognized once, unless it was refused", () =>
    serving([{ status: 503 }, { status: 0, drop: true }, ok], async (client, requests) => {
      await assert.rejects(client.postOnce("/automations/", {}), ConnectionError);
      assert.equal(requests.length, 2);
    }));

  it("doesn't follow a redirection, which would turn a POST into a GET", () =>
    serving(
      [{ status: 302, headers: { location: "https://login.example" } }],
      async (client) => {
        await assert.rejects(client.post("/flows/", {}), /redirection to https:\/\/login\.example/);
      },
      false,
    ));

  it("sends each key of a body, whatever it is called", async () => {
    let received = "";
    const server = http.createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        received = text;
        response.writeHead(200, { "content-type": "application/json" }).end(text === "" ? '"3.8.8"' : '{"id":"1"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = new PrefectClient({ apiUrl: `http://127.0.0.1:${port}/api`, headers: {}, environment: {} });
    const text = '{"job_variables":{"constructor":1,"prototype":2,"__proto__":{"x":3}}}';
    await client.post("/deployments/", JSON.parse(text));
    server.closeAllConnections();
    server.close();
    assert.equal(received, text);
  });

  it("sends its headers with each request, and escapes names in paths", () =>
    serving([ok], async (client, requests) => {
      await client.find(path`/work_pools/${"a b?#ü"}`);
      assert.equal(requests[0]?.headers["x-proxy"], "yes");
      assert.equal(requests[0]?.url, "/api/work_pools/a%20b%3F%23%C3%BC");
    }));

  it("has fewer requests in flight while the server is overloaded", async () => {
    let inFlight = 0;
    let refused = 0;
    const server = http.createServer((request, response) => {
      if (request.url?.endsWith("/version")) {
        return void response.writeHead(200, { "content-type": "application/json" }).end('"3.8.8"');
      }
      inFlight += 1;
      // overloaded whenever two requests meet
      const status = inFlight > 1 ? 503 : 200;
      if (status === 503) refused += 1;
      setTimeout(() => {
        inFlight -= 1;
        response.writeHead(status, { "content-type": "application/json" }).end('{"id":"1"}');
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
