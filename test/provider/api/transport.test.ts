import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import * as path from "node:path";
import { mock } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../../processes/freePort";
import { PrefectClient } from "../../../provider/api/client";
import { ApiError } from "../../../provider/api/errors";
import type { Patience } from "../../../provider/api/patience";
import type { Tls } from "../../../provider/api/tls";
import { Waiting } from "../../../provider/api/waiting";
import { temporaryFolder } from "../../support/environment";

type Handler = (request: http.IncomingMessage, response: http.ServerResponse, count: number) => void;

const json = { "content-type": "application/json" };
const version = (response: http.ServerResponse) => void response.writeHead(200, json).end('"3.8.8"');
const ok = (response: http.ServerResponse) => void response.writeHead(200, json).end('{"id":"1"}');

/** A server with faults, which is greeted first. */
async function faulty(handle: Handler, use: (apiUrl: string) => Promise<void>, host = "127.0.0.1"): Promise<void> {
  let count = 0;
  const server = http.createServer((request, response) => {
    request.resume();
    if (request.url?.endsWith("/admin/version")) return version(response);
    handle(request, response, (count += 1));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as net.AddressInfo;
  try {
    await use(`http://${host.includes(":") ? `[${host}]` : host}:${port}/prefix/api`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const clientOf = (apiUrl: string, patience: Partial<Patience> = {}, tls?: Tls, headers = {}) =>
  new PrefectClient({ apiUrl, headers, environment: {}, tls }, patience);

/** What is said on the screen meanwhile. */
async function said(work: () => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const { error } = console;
  console.error = (line: string) => void lines.push(line);
  try {
    await work();
  } finally {
    console.error = error;
  }
  return lines;
}

async function timed(work: Promise<unknown>): Promise<number> {
  const started = Date.now();
  await work.catch(() => undefined);
  return Date.now() - started;
}

describe("a request's patience", () => {
  it("bounds all tries and pauses, and the last answer is the error", () =>
    faulty(
      (_, response) =>
        response.writeHead(503, { ...json, "retry-after": "86400" }).end('{"detail":"database is locked"}'),
      async (apiUrl) => {
        const sent = clientOf(apiUrl, { total: 400 }).find("/flows/1");
        await assert.rejects(
          sent,
          (error: Error) => error instanceof ApiError && /503: database is locked/.test(error.message),
        );
        assert.ok((await timed(clientOf(apiUrl, { total: 400 }).find("/flows/1"))) < 1_500);
      },
    ));

  it("bounds a body that trickles in", () =>
    faulty(
      (_, response) => {
        response.writeHead(200, json);
        const timer = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(timer));
      },
      async (apiUrl) => {
        const client = clientOf(apiUrl, { total: 500 });
        const started = Date.now();
        await assert.rejects(
          client.find("/flows/1"),
          /has not answered GET \/flows\/1 in time; .*META_PREFECT__PATIENCE/,
        );
        assert.ok(Date.now() - started < 2_000);
      },
    ));

  it("outlasts a server that is started again", async () => {
    const port = await freePort();
    const start = () =>
      http
        .createServer((request, response) => (request.url?.endsWith("/version") ? version : ok)(response))
        .listen(port, "127.0.0.1");
    const first = start();
    const client = clientOf(`http://127.0.0.1:${port}/api`);
    await client.find("/flows/1");
    first.closeAllConnections();
    first.close();
    // the client has to see that its connection is closed
    await pause(100);
    const sent = client.postOnce("/automations/", {});
    await pause(500);
    const second = start();
    assert.deepEqual(await sent, { id: "1" });
    second.closeAllConnections();
    second.close();
  });

  it("is spent once for an outage, not by each request that meets it", async () => {
    let server = "";
    let client = clientOf("http://127.0.0.1:9/api");
    await faulty(
      (_, response) => ok(response),
      async (apiUrl) => {
        client = clientOf((server = apiUrl), { total: 1_500 });
        await client.find("/flows/1");
      },
    );
    const took = await timed(client.find("/flows/1"));
    assert.ok(took > 200, `${took} ms`);
    await assert.rejects(client.find("/flows/2"), new RegExp(`${server} can't be reached`));
    assert.ok((await timed(client.find("/flows/2"))) < 700);
  });

  it("is short for an address that never answered, and none for what a preview asks", async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}/api`;
    assert.ok((await timed(clientOf(nowhere, { total: 2_000, firstContact: 0 }).greet())) < 200);
    const took = await timed(clientOf(nowhere, { firstContact: 400 }).greet());
    assert.ok(took > 100 && took < 1_000, `${took} ms`);
  });
});

describe("a request that may have been done", () => {
  const drop: Handler = (request, response, count) => (count === 1 ? void request.socket.destroy() : ok(response));

  it("is sent again when it can be recognized", () =>
    faulty(drop, async (apiUrl) => {
      const client = clientOf(apiUrl);
      assert.deepEqual(await client.post("/flows/", {}), { id: "1" });
    }));

  it("isn't when it can't, and the error says so", () =>
    faulty(drop, async (apiUrl) => {
      await assert.rejects(
        clientOf(apiUrl).postOnce("/automations/", {}),
        /\(ECONNRESET\), and may have done POST \/automations\/ or not, which was not sent again; look in Prefect/,
      );
    }));
});

describe("what is waited for", () => {
  it("is said once for all requests after five seconds, and again when it is over", async () => {
    let isDown = true;
    const lines = await said(() =>
      faulty(
        (_, response) => (isDown ? void response.writeHead(503, json).end('{"detail":"locked"}') : ok(response)),
        async (apiUrl) => {
          const client = clientOf(apiUrl);
          await client.greet();
          const all = Promise.all([client.find("/flows/1"), client.find("/flows/2")]);
          await pause(5_300);
          isDown = false;
          await all;
        },
      ),
    );
    assert.equal(lines.length, 2, lines.join("\n"));
    assert.match(
      lines[0] ?? "",
      /^waiting for the Prefect server at http:\S+: GET \/flows\/1 came to 503 \(locked\); until \d\d:\d\d:\d\d at the latest \(META_PREFECT__PATIENCE\)$/,
    );
    assert.match(lines[1] ?? "", /^the Prefect server at http:\S+ answers again, after \d+ s$/);
  }).timeout(20_000);

  it("isn't said of what takes less, nor is it over when it has failed", async () => {
    mock.timers.enable({ apis: ["setTimeout", "Date"] });
    try {
      const lines = await said(async () => {
        const waiting = new Waiting("http://server/api");
        const begin = () =>
          waiting.begin(
            () => "why",
            () => new Date(),
          );
        const end = begin();
        mock.timers.tick(4_999);
        end(true);
        mock.timers.tick(10_000);
        const [failing, other] = [begin(), begin()];
        mock.timers.tick(6_000);
        other(false);
        failing(false);
        await Promise.resolve();
      });
      // Node.js says here as well that its mocked timers are new
      assert.equal(lines.filter((line) => line.includes("Prefect server")).length, 1, "a failure speaks for itself");
    } finally {
      mock.timers.reset();
    }
  });
});

describe("a server with CSRF protection", () => {
  /** Refuses each write without the newest token. */
  const guarded = (life: number, requests: string[]): Handler => {
    let token = "";
    let expires = 0;
    return ({ method, url = "", headers }, response) => {
      requests.push(`${method} ${url.replace(/^\/prefix\/api|=.*/g, "")}`);
      if (url.includes("/csrf-token?client=")) {
        token = `t${Math.random()}`;
        expires = Date.now() + life;
        const expiration = new Date(expires).toISOString();
        return void response.writeHead(200, json).end(JSON.stringify({ id: "1", token, expiration }));
      }
      const given = headers["prefect-csrf-token"];
      if (method === "GET" || (given === token && Date.now() < expires)) return ok(response);
      const detail = given ? "Invalid CSRF token or client identifier." : "Missing CSRF token.";
      response.writeHead(403, json).end(JSON.stringify({ detail }));
    };
  };

  it("is asked for one token at the first write, and for none before", async () => {
    const requests: string[] = [];
    await faulty(guarded(3_600_000, requests), async (apiUrl) => {
      const client = clientOf(apiUrl);
      await client.find("/flows/1");
      assert.deepEqual(requests, ["GET /flows/1"]);
      await Promise.all([1, 2, 3].map(() => client.post("/flows/", {})));
    });
    assert.equal(requests.filter((request) => request === "GET /csrf-token?client").length, 1);
  });

  it("is asked for another one when it expires", async () => {
    const requests: string[] = [];
    await faulty(guarded(60, requests), async (apiUrl) => {
      const client = clientOf(apiUrl);
      for (let i = 0; i < 6; i += 1, await pause(30)) await client.post("/flows/", {});
    });
    assert.ok(requests.filter((request) => request === "GET /csrf-token?client").length >= 2);
  });

  it("that gives no token has its refusal shown", () =>
    faulty(
      ({ url }, response) => {
        const isToken = url?.includes("csrf-token");
        response.writeHead(isToken ? 422 : 403, json);
        response.end(JSON.stringify({ detail: isToken ? "CSRF protection is disabled." : "Missing CSRF token." }));
      },
      (apiUrl) =>
        assert.rejects(clientOf(apiUrl).post("/flows/", {}), /POST \/flows\/ answered 403: Missing CSRF token/),
    ));
});

describe("TLS", () => {
  const folder = temporaryFolder();
  const file = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  let server: https.Server;
  let port: number;
  before(async () => {
    const names = ["-addext", "subjectAltName=DNS:localhost,DNS:prefect.test"];
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "key.pem",
      "-out",
      "cert.pem",
      "-subj",
      "/CN=x",
      ...names,
    );
    const credentials = { key: fs.readFileSync(file("key.pem")), cert: fs.readFileSync(file("cert.pem")) };
    server = https.createServer(credentials, (_, response) => version(response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ({ port } = server.address() as net.AddressInfo);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("trusts what PREFECT_API_SSL_CERT_FILE has", () =>
    clientOf(`https://localhost:${port}/api`, {}, { certFile: file("cert.pem") }).greet());

  it("trusts anything with PREFECT_API_TLS_INSECURE_SKIP_VERIFY", () =>
    clientOf(`https://127.0.0.1:${port}/api`, {}, { isInsecure: true }).greet());

  it("is the same through a proxy", async () => {
    const asked: string[] = [];
    const proxy = http.createServer().on("connect", ({ url = "" }, socket) => {
      asked.push(url);
      const onward = net.connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    process.env.https_proxy = `http://127.0.0.1:${(proxy.address() as net.AddressInfo).port}`;
    try {
      await clientOf(`https://prefect.test:${port}/api`, {}, { certFile: file("cert.pem") }).greet();
      await assert.rejects(clientOf(`https://prefect.test:${port}/api`).greet(), /TLS certificate is refused/);
    } finally {
      delete process.env.https_proxy;
      server.closeAllConnections();
      proxy.close();
    }
    assert.deepEqual([...new Set(asked)], [`prefect.test:${port}`]);
  });

  const failures: [string, () => PrefectClient, RegExp][] = [
    [
      "an unknown authority",
      () => clientOf(`https://localhost:${port}/api`),
      /can't be trusted: its TLS certificate is refused \(DEPTH_ZERO_SELF_SIGNED_CERT: .*set PREFECT_API_SSL_CERT_FILE.*PREFECT_API_TLS_INSECURE_SKIP_VERIFY/,
    ],
    [
      "another name",
      () => clientOf(`https://127.0.0.1:${port}/api`, {}, { certFile: file("cert.pem") }),
      /TLS certificate is refused \(ERR_TLS_CERT_ALTNAME_INVALID: .*correct prefect:apiUrl to a name that the certificate has/,
    ],
    [
      "a file that isn't there",
      () => clientOf("https://localhost/api", {}, { certFile: "/nowhere.pem" }),
      /PREFECT_API_SSL_CERT_FILE "\/nowhere\.pem" can't be read/,
    ],
  ];
  for (const [what, client, message] of failures) {
    it(`says of ${what} what is wrong, at once`, async () => {
      const started = Date.now();
      await assert.rejects(async () => client().greet(), message);
      assert.ok(Date.now() - started < 2_000);
    });
  }

  it("says that the server doesn't speak it", () =>
    faulty(
      (_, response) => ok(response),
      (apiUrl) =>
        assert.rejects(
          clientOf(apiUrl.replace("http", "https")).greet(),
          /TLS failed \((EPROTO|ERR_SSL_\w+): .*correct prefect:apiUrl to http/,
        ),
    ));
});

describe("an address", () => {
  for (const host of ["127.0.0.1", "::1"]) {
    it(`of this machine, ${host}, goes through no proxy`, async () => {
      const before = { ...process.env };
      Object.assign(process.env, { http_proxy: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" });
      try {
        await faulty(
          ({ url }, response) => void response.writeHead(200, json).end(JSON.stringify({ id: url })),
          async (apiUrl) => assert.deepEqual(await clientOf(apiUrl).find("/flows/1"), { id: "/prefix/api/flows/1" }),
          host,
        );
      } finally {
        for (const name of ["http_proxy", "HTTP_PROXY"]) delete process.env[name];
        Object.assign(process.env, before);
      }
    });
  }

  it("of another machine gets credentials over plain http with one warning", async () => {
    const client = () =>
      clientOf("http://prefect.invalid/api", { total: 50, firstContact: 0 }, {}, { Authorization: "Bearer hunter2" });
    const lines = await said(async () => {
      await assert.rejects(client().greet());
      await assert.rejects(client().greet());
    });
    assert.deepEqual(lines, [
      "the credentials for the Prefect server at http://prefect.invalid/api are sent unencrypted; give it an https address, and set prefect:apiUrl to that",
    ]);
  });
});

describe("the greeting", () => {
  const greeting = async (answers: Record<string, [number, string]>) => {
    const asked: string[] = [];
    const server = http.createServer((request, response) => {
      request.resume();
      asked.push(`${request.method} ${request.url}`);
      const [status, body] = answers[request.url ?? ""] ?? [404, '{"detail":"Not Found"}'];
      response.writeHead(status, json).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await clientOf(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}/api`).greet();
    } finally {
      server.closeAllConnections();
      server.close();
    }
    return asked;
  };

  it("is one request", async () =>
    assert.deepEqual(await greeting({ "/api/admin/version": [200, '"3.8.8"'] }), ["GET /api/admin/version"]));

  it("refuses a server that is too old", () =>
    assert.rejects(
      greeting({ "/api/admin/version": [200, '"2.20.1"'] }),
      /is version 2\.20\.1, which is not supported/,
    ));

  it("asks for the flows where /admin is kept from people", async () =>
    assert.deepEqual(await greeting({ "/api/admin/version": [403, "<html>"], "/api/flows/count": [200, "0"] }), [
      "GET /api/admin/version",
      "POST /api/flows/count",
    ]));
});
