import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type PrefectServer, startPrefectServer, stopPrefectServer } from "../../processes/prefectServer";
import { PrefectClient } from "../../provider/api/client";
import { resolveConnection } from "../../provider/api/connection";
import { ConnectionError } from "../../provider/api/errors";
import { fresh } from "../support/driven";
import { temporaryFolder, tools } from "../support/environment";
import { Page } from "../support/page";
import { compare } from "../support/reader";

const authString = "admin:pa55word";

/** A server as it is set up in production: away from the usual path, with a password, and with tokens against CSRF that expire. */
const guarded = {
  PREFECT_SERVER_API_HOST: "::1",
  PREFECT_SERVER_API_BASE_PATH: "/prefix/api",
  PREFECT_SERVER_API_AUTH_STRING: authString,
  PREFECT_API_AUTH_STRING: authString,
  PREFECT_SERVER_CSRF_PROTECTION_ENABLED: "true",
  PREFECT_SERVER_CSRF_TOKEN_EXPIRATION: "PT2S",
};

function clientOf(apiUrl: string, more: Record<string, string> = {}): PrefectClient {
  const environment = { PREFECT_API_URL: apiUrl, PREFECT_HOME: "/nowhere", ...more };
  return new PrefectClient(resolveConnection(() => undefined, environment));
}

/** Makes a flow, finds it, changes it and deletes it. */
async function works(client: PrefectClient): Promise<void> {
  const { id } = await client.post<{ id: string }>("/flows/", { name: fresh("flow") });
  assert.equal((await client.find<{ id: string }>(`/flows/${id}`))?.id, id);
  assert.equal(await client.patch(`/flows/${id}`, { tags: ["a"] }), true);
  assert.ok((await client.filter("/flows/filter")).length > 0);
  await client.delete(`/flows/${id}`);
  assert.equal(await client.find(`/flows/${id}`), undefined);
}

describe("a server in production", () => {
  let python: string;
  let server: PrefectServer;
  before(async () => {
    ({ python } = await tools());
    server = await startPrefectServer(python, path.join(temporaryFolder(), "guarded"), undefined, guarded);
  });
  after(() => stopPrefectServer(server));

  it("is reached by IPv6, below a path, with a password", () => {
    assert.match(server.apiUrl, /^http:\/\/\[::1\]:\d+\/prefix\/api$/);
    return works(clientOf(server.apiUrl, { PREFECT_API_AUTH_STRING: authString }));
  });

  for (const [what, more] of [
    ["no password", {}],
    ["a wrong one", { PREFECT_API_AUTH_STRING: "admin:wr0ng" }],
  ] as const) {
    it(`is refused with ${what}, and the error says so`, () =>
      assert.rejects(
        works(clientOf(server.apiUrl, more)),
        (error: Error) =>
          error instanceof ConnectionError &&
          /refused the credentials \(401: Unauthorized\)/.test(error.message) &&
          !/pa55word|wr0ng/.test(error.message),
      ));
  }

  it("gives another CSRF token whenever one has expired", async () => {
    const client = clientOf(server.apiUrl, { PREFECT_API_AUTH_STRING: authString });
    for (let i = 0; i < 10; i += 1, await pause(600)) {
      await client.post("/flows/", { name: fresh("flow") });
    }
    await Promise.all(Array.from({ length: 8 }, () => works(client)));
  });

  it("is reached through TLS with a certificate of a private authority", async () => {
    const folder = temporaryFolder();
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
    const key = (name: string) => ["-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`, "-subj", `/CN=${name}`];
    openssl("req", "-x509", ...key("authority"), "-out", "authority.pem");
    openssl("req", ...key("localhost"), "-out", "localhost.csr");
    fs.writeFileSync(path.join(folder, "names"), "subjectAltName=DNS:localhost");
    const signed = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-extfile", "names"];
    openssl("x509", "-req", "-in", "localhost.csr", ...signed, "-out", "localhost.pem");
    const read = (name: string) => fs.readFileSync(path.join(folder, name));
    const target = new URL(server.apiUrl);
    const proxy = https.createServer(
      { key: read("localhost.key"), cert: read("localhost.pem") },
      (request, response) => {
        const { method, headers, url } = request;
        const onward = http.request({ host: "::1", port: target.port, path: url, method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        });
        request.pipe(onward);
      },
    );
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const apiUrl = `https://localhost:${(proxy.address() as AddressInfo).port}/prefix/api`;
    const auth = { PREFECT_API_AUTH_STRING: authString };
    try {
      await works(clientOf(apiUrl, { ...auth, PREFECT_API_SSL_CERT_FILE: path.join(folder, "authority.pem") }));
      await works(clientOf(apiUrl, { ...auth, PREFECT_API_TLS_INSECURE_SKIP_VERIFY: "true" }));
      await assert.rejects(clientOf(apiUrl, auth).greet(), /TLS certificate is refused .*PREFECT_API_SSL_CERT_FILE/);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  it("may be away for 15 seconds in the middle of many requests, which is said once", async () => {
    const client = clientOf(server.apiUrl, { PREFECT_API_AUTH_STRING: authString });
    const lines: string[] = [];
    const { error } = console;
    console.error = (line: string) => void lines.push(line);
    const names = Array.from({ length: 60 }, () => fresh("flow"));
    try {
      let isBack = false;
      const restarted = (async () => {
        await pause(300);
        await stopPrefectServer(server);
        await pause(15_000);
        const { port } = new URL(server.apiUrl);
        server = await startPrefectServer(python, path.dirname(server.logFile), Number(port), guarded);
        isBack = true;
      })();
      for (const name of names) {
        await client.post("/flows/", { name });
        if (!isBack) await pause(20);
      }
      await restarted;
    } finally {
      console.error = error;
    }
    const flows = await client.filter<{ name: string }>("/flows/filter");
    for (const name of names) assert.equal(flows.filter((flow) => flow.name === name).length, 1, name);
    const shown = new Page("docs/reference/connection.md").blocks.find(({ language }) => language === "text");
    const said = lines.join("\n").replaceAll(server.apiUrl, "http://127.0.0.1:4200/api");
    compare(shown?.text ?? "", said, "docs/reference/connection.md");
  });
});
