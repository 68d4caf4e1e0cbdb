import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { PrefectClient } from "../../../provider/api/client";
import { create, findInterrupted, type Recovery } from "../../../provider/engine/creation";
import { type Intended, Intents } from "../../../provider/engine/intents";
import type { AnyKind, Json } from "../../../provider/engine/kind";
import { automation } from "../../../provider/kinds/automation/automation";
import { blockSchema } from "../../../provider/kinds/blockSchema";
import { deployment } from "../../../provider/kinds/deployment/deployment";
import { flow } from "../../../provider/kinds/flow";
import { tagConcurrencyLimit } from "../../../provider/kinds/tagConcurrencyLimit";
import { variable } from "../../../provider/kinds/variable";
import { temporaryFolder } from "../../support/environment";

/** What a request is answered; the connection is dropped where it is undefined. */
type Reply = [status: number, body: unknown] | undefined;

/** Answers by method and path, each in turn, and the last one from then on. */
type Replies = Record<string, Reply[]>;

const absent: Reply = [404, { detail: "Variable not found" }];

/** A server that answers as it is told to: moments that a real Prefect server can't be made to show. */
async function serving(
  replies: Replies,
  use: (client: PrefectClient, requests: string[]) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    request.resume();
    const asked = `${request.method} ${request.url?.replace(/^\/api|\?.*/g, "")}`;
    const json = (status: number, body: unknown) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (asked === "GET /admin/version") return json(200, "3.8.8");
    requests.push(asked);
    const all = replies[asked] ?? [absent];
    const reply = all[Math.min(requests.filter((one) => one === asked).length, all.length) - 1];
    if (reply === undefined) return void request.socket.destroy();
    json(...reply);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  try {
    await use(new PrefectClient({ apiUrl, headers: {}, environment: {} }), requests);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const [ours, strangers] = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"] as const;
const stack = "organization/project/a";
const now = () => new Date().toISOString();

const intendedOf = (kind: AnyKind, args: Json): Intended => ({ server: "http://server/api", stack, kind, args });
const recoveryOf = (kind: AnyKind, args: Json, recovers = false): Recovery => ({
  intents: new Intents(),
  of: intendedOf(kind, args),
  recovers,
});

/** What a run leaves that is killed after its request, or after the answer has said the id. */
function killed(kind: AnyKind, args: Json, id?: string): void {
  const intents = new Intents();
  const of = intendedOf(kind, args);
  const intent = intents.write(of, new Date(), []);
  if (id !== undefined) intents.made(of, intent, id);
}

describe("a creation", () => {
  const before = process.env.XDG_STATE_HOME;
  let folder = "";
  beforeEach(() => {
    process.env.XDG_STATE_HOME = temporaryFolder();
    folder = path.join(process.env.XDG_STATE_HOME, "meta-prefect", "intents");
  });
  after(() => {
    process.env.XDG_STATE_HOME = before;
  });
  const intents = () => fs.readdirSync(folder);

  const value = { name: "v", value: 1 };
  const remoteValue = (id: string) => ({ id, created: now(), name: "v", value: 1, tags: [] });
  const made = (kind: AnyKind, client: PrefectClient, args: Json, recovers = false) =>
    create(kind, client, args, { program: { others: [], stack }, recovery: recoveryOf(kind, args, recovers) });

  describe("that is tried again", () => {
    const locked: Reply = [503, { detail: "database is locked" }];
    const noToken: Reply = [403, { detail: "Missing CSRF token." }];
    const token: Reply = [200, { id: "t", token: "t", expiration: new Date(Date.now() + 3_600_000).toISOString() }];
    const tries: [string, Reply, boolean][] = [
      ["was refused, as the server was busy", locked, false],
      ["was refused, for want of a token", noToken, false],
      ["was perhaps done, as its answer was lost", undefined, true],
    ];
    for (const [what, first, isOurs] of tries) {
      const whose = isOurs ? "has made what is there" : "takes what is there for somebody else's";
      it(`where the first try ${what} ${whose}`, async () => {
        const conflicting: Replies = {
          "GET /csrf-token": [token],
          "GET /variables/name/v": [absent, [200, remoteValue(ours)]],
          "POST /variables/": [first, [409, { detail: "A variable of the name exists" }]],
        };
        await serving(conflicting, async (client) => {
          if (isOurs) assert.equal((await made(variable, client, value)).id, ours);
          else await assert.rejects(made(variable, client, value), /variable "v": already exists; set adopt: true/);
        });
        const givingBack: Replies = {
          "GET /csrf-token": [token],
          "POST /flows/filter": [[200, []]],
          "POST /flows/": [first, [200, { id: ours, created: now(), name: "f", tags: [], labels: {} }]],
        };
        await serving(givingBack, async (client) => {
          if (isOurs) assert.equal((await made(flow, client, { name: "f" })).id, ours);
          else await assert.rejects(made(flow, client, { name: "f" }), /was made by somebody else at this moment/);
        });
      });
      it(`where the first try ${what} and the next is refused ${isOurs ? "leaves" : "leaves no"} intent`, () =>
        serving(
          { "GET /csrf-token": [token], "POST /variables/": [first, [422, { detail: "no good" }]] },
          async (client) => {
            await assert.rejects(made(variable, client, value), /no good/);
            assert.equal(intents().length, isOurs ? 1 : 0);
          },
        ));
    }
  });

  describe("that was interrupted", () => {
    it("goes on with the object of the id that was written down, whatever has changed since", async () => {
      killed(variable, value, ours);
      const replies: Replies = {
        "GET /variables/name/v": [[200, remoteValue(ours)]],
        [`PATCH /variables/${ours}`]: [[204, undefined]],
      };
      await serving(replies, async (client, requests) => {
        assert.equal((await made(variable, client, { ...value, value: 2 })).id, ours);
        assert.ok(requests.includes(`PATCH /variables/${ours}`));
      });
    });

    it("takes no other object of the name", async () => {
      killed(variable, value, ours);
      await serving({ "GET /variables/name/v": [[200, remoteValue(strangers)]] }, (client) =>
        assert.rejects(made(variable, client, value), /already exists; set adopt: true/),
      );
    });

    const args = { name: "d", flowName: "f" };
    const remote = (owner: string) => ({
      ...{ id: ours, created: now(), name: "d", schedules: [], labels: { "meta-prefect.stack": owner } },
    });
    for (const recovers of [false, true]) {
      const how = recovers ? "on another machine" : "before its answer";
      it(`${how} goes on with what names its stack, and takes nothing that names another one`, async () => {
        const taking = (owner: string) => {
          fs.rmSync(folder, { recursive: true, force: true });
          if (!recovers) killed(deployment, args);
          const replies: Replies = { "POST /deployments/filter": [[200, [remote(owner)]]] };
          return serving(replies, async (client) => {
            assert.equal((await made(deployment, client, args, recovers)).id, ours);
          });
        };
        await taking(stack);
        await assert.rejects(taking("organization/project/b"), (error: Error) => {
          assert.match(error.message, /already exists.* made by the stack organization\/project\/b/s);
          assert.doesNotMatch(error.message, /prefect:recover/);
          return true;
        });
      });
    }

    describe("of an automation", () => {
      const trigger = { type: "event", posture: "Reactive", expect: ["never"] };
      const args = { name: "a", trigger, actions: [] };
      const remote = (id: string) => ({ id, created: now(), ...args });
      const related = () => `GET /automations/related-to/meta-prefect.creation.${markWritten()}`;
      const markWritten = () => {
        const [file = ""] = intents();
        return (JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")) as { mark: string }).mark;
      };

      it("takes none without its mark", async () => {
        killed(automation, args);
        const replies: Replies = {
          [related()]: [[200, []]],
          "POST /automations/filter": [[200, [remote(strangers)]]],
        };
        await serving(replies, (client) => assert.rejects(made(automation, client, args), /already exists/));
      });

      it("of an owner of its own, which carries no mark, is known by what was asked for", async () => {
        const owned = { ...args, ownerResource: "prefect.deployment.1" };
        killed(automation, owned);
        await serving({ "POST /automations/filter": [[200, [remote(ours)]]] }, async (client) =>
          assert.equal((await made(automation, client, owned)).id, ours),
        );
      });

      it("keeps the one of its id and deletes its twins, which a preview only reads", async () => {
        killed(automation, args, ours);
        const replies: Replies = {
          [related()]: [[200, [remote(strangers), remote(ours)]]],
          [`DELETE /automations/${strangers}`]: [[204, undefined]],
        };
        await serving(replies, async (client, requests) => {
          const deleted = () => requests.filter((request) => request.startsWith("DELETE"));
          const found = await findInterrupted(automation, client, args, { recovery: recoveryOf(automation, args) });
          assert.deepEqual([(found.object as Json).id, deleted()], [ours, []]);
          assert.equal((await made(automation, client, args)).id, ours);
          assert.deepEqual(deleted(), [`DELETE /automations/${strangers}`]);
        });
      });
    });

    it("leaves the intents of others of its label alone", async () => {
      const schema = (field: string) => ({
        blockTypeId: strangers,
        fields: { title: "T", properties: { [field]: {} } },
      });
      killed(blockSchema, schema("one"));
      killed(blockSchema, schema("other"));
      const other = { id: ours, created: now(), version: "non-versioned", block_type_id: strangers, capabilities: [] };
      const replies: Replies = {
        "POST /block_schemas/filter": [
          [200, []],
          [200, []],
          [200, [{ ...other, ...schema("other") }]],
        ],
        "POST /block_schemas/": [[422, { detail: "no good" }]],
      };
      const run = new Intents();
      const make = (client: PrefectClient, args: Json) =>
        create(blockSchema, client, args, { recovery: { ...recoveryOf(blockSchema, args), intents: run } });
      await serving(replies, async (client) => {
        await assert.rejects(make(client, schema("one")), /no good/);
        assert.equal(intents().length, 1);
        await assert.rejects(make(client, schema("none")), /no good/);
        assert.equal((await make(client, schema("other"))).id, ours);
      });
    });

    it("isn't read from the half of a file, which is removed once its process has ended for sure", () => {
      killed(variable, value);
      const [file = ""] = intents();
      const half = path.join(folder, `${file}.1`);
      fs.renameSync(path.join(folder, file), half);
      const known = () => [...new Intents().earlier(intendedOf(variable, value), [])];
      assert.deepEqual(known(), []);
      assert.ok(fs.existsSync(half));
      fs.utimesSync(half, 0, 0);
      assert.deepEqual(known(), []);
      assert.ok(!fs.existsSync(half));
    });
  });

  it("concludes nothing from another object than was asked for, also of a kind without a name", () =>
    serving(
      { "GET /concurrency_limits/tag/gpu": [[200, { id: ours, tag: "cpu", concurrency_limit: 1 }]] },
      async (client) =>
        assert.rejects(
          made(tagConcurrencyLimit, client, { tag: "gpu", concurrencyLimit: 1, adopt: true }),
          /the server answered with another object, "cpu"; check whether a proxy keeps answers/,
        ),
    ));
});
