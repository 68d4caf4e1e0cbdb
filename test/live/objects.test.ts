import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { PrefectClient } from "../../provider/api/client";
import { PartialFailure } from "../../provider/api/errors";
import { aList, type Shape } from "../../provider/api/shape";
import * as creation from "../../provider/engine/creation";
import type { AnyKind, Json } from "../../provider/engine/kind";
import * as lifecycle from "../../provider/engine/lifecycle";
import { automation } from "../../provider/kinds/automation/automation";
import { block } from "../../provider/kinds/block";
import { blockSchema } from "../../provider/kinds/blockSchema";
import { blockType } from "../../provider/kinds/blockType";
import { deployment } from "../../provider/kinds/deployment/deployment";
import { flow } from "../../provider/kinds/flow";
import { globalConcurrencyLimit } from "../../provider/kinds/globalConcurrencyLimit";
import { registry } from "../../provider/kinds/registry";
import { savedSearch } from "../../provider/kinds/savedSearch";
import { tagConcurrencyLimit } from "../../provider/kinds/tagConcurrencyLimit";
import { type JsonValue, variable } from "../../provider/kinds/variable";
import { workPool } from "../../provider/kinds/workPool/workPool";
import { workQueue } from "../../provider/kinds/workQueue";
import { Driven, fresh, slug } from "../support/driven";
import { prefectClient } from "../support/environment";
import { Proxy } from "../support/proxy";

/** What a test of an argument needs: a value, and another one that somebody else sets. */
type Values = Record<string, [value: unknown, other: unknown]>;

describe("each kind on a real server", () => {
  let client: PrefectClient;
  before(async () => {
    client = await prefectClient();
  });

  const driven = (kind: AnyKind) => new Driven(kind, client);

  /** The arguments whose change in place is tried here. */
  const tried = new Set<string>();

  /**
   * The life of an object of the kind. Each of `optional` is set in place, drifts, is mended and is removed; each of `renewed`, which every
   * object has, is changed in place. What stays when it is removed is in `sticky`.
   */
  function lives(
    kind: AnyKind,
    base: () => Promise<Json>,
    optional: Values,
    { renewed = {}, sticky = [] }: { renewed?: Values; sticky?: string[] } = {},
  ) {
    const names = [...Object.keys(optional), ...Object.keys(renewed)];
    for (const name of names) tried.add(`${kind.type}.${name}`);

    it("is made, found unchanged, deleted elsewhere, made again, and deleted twice", async () => {
      const args = await base();
      const object = driven(kind);
      assert.equal(await object.up(args), "create");
      assert.equal(await object.up(args), "same");
      assert.deepEqual(await object.refresh(), []);
      const elsewhere = driven(kind);
      await elsewhere.up({ ...args, adopt: true });
      assert.equal(elsewhere.id, object.id);
      await elsewhere.delete();
      assert.equal(await object.refresh(), undefined);
      assert.equal(await object.up(args), "create");
      await object.delete();
      await object.delete();
    });

    it("that exists is an error that names it, unless it is to be adopted", async () => {
      const args = await base();
      const object = driven(kind);
      await object.up(args);
      await assert.rejects(driven(kind).up(args), /already exists; set adopt: true to manage it here/);
      const adopted = driven(kind);
      assert.equal(await adopted.up({ ...args, adopt: true }), "create");
      assert.equal(await adopted.up({ ...args, adopt: true }), "same");
      assert.deepEqual(await adopted.refresh(), []);
      await object.delete();
    });

    for (const [key, [value, other]] of Object.entries(optional)) {
      it(`has its ${key} set in place, mended and removed`, async () => {
        const args = await base();
        const object = driven(kind);
        await object.up(args);
        assert.equal(await object.up({ ...args, [key]: value }), "update");
        assert.deepEqual(await object.refresh(), []);
        const elsewhere = driven(kind);
        await elsewhere.up({ ...args, [key]: other, adopt: true });
        assert.deepEqual(await object.refresh(), [key]);
        assert.equal(await object.up({ ...args, [key]: value }), "update");
        assert.deepEqual(await object.refresh(), []);
        assert.equal(await object.up(args), "update");
        const left = await lifecycle.read(kind, client, object.id, { ...args, [key]: value });
        if (sticky.includes(key)) assert.deepEqual(left?.inputs[key], value);
        else assert.notDeepEqual(left?.inputs[key], value);
        await object.delete();
      });

      it(`is made with ${key}`, async () => {
        const args = { ...(await base()), [key]: value };
        const object = driven(kind);
        await object.up(args);
        assert.deepEqual(await object.refresh(), []);
        assert.equal(await object.up(args), "same");
        await object.delete();
      });
    }

    for (const [key, [value, other]] of Object.entries(renewed)) {
      it(`has its ${key} changed in place and mended`, async () => {
        const args = await base();
        const object = driven(kind);
        await object.up(args);
        const now = { ...args, [key]: value };
        assert.equal(await object.up(now), "update");
        assert.deepEqual(await object.refresh(), []);
        const elsewhere = driven(kind);
        await elsewhere.up({ ...now, adopt: true });
        await elsewhere.up({ ...now, [key]: other, adopt: true });
        assert.deepEqual(await object.refresh(), [key]);
        assert.equal(await object.up(now), "update");
        assert.deepEqual(await object.refresh(), []);
        await object.delete();
      });
    }
  }

  /** Works with a client of which the first answer to each creation is lost on the way, so that it sends it again. */
  const losingAnswers = async (work: (client: PrefectClient) => Promise<void>) => {
    const proxy = await Proxy.before(client.connection.apiUrl);
    const lost = new Set<string>();
    proxy.decide = ({ method, path }) => {
      if (method !== "POST" || !path.endsWith("/") || lost.has(path)) return "pass";
      lost.add(path);
      return "lose the answer";
    };
    try {
      await work(new PrefectClient({ ...client.connection, apiUrl: proxy.apiUrl }));
      assert.equal(lost.size, 1);
    } finally {
      proxy.close();
    }
  };

  const pool = async () => {
    const name = fresh("pool");
    await driven(workPool).up({ name, type: "process" });
    return name;
  };

  describe("a work queue", () => {
    lives(
      workQueue,
      async () => ({ name: fresh("queue"), workPoolName: await pool() }),
      {
        description: ["what it is for", "something else"],
        isPaused: [true, false],
        concurrencyLimit: [0, 7],
        priority: [3, 5],
      },
      { sticky: ["priority"] },
    );

    it("is what its id says, and has Prefect's own id beside it", async () => {
      const workPoolName = await pool();
      const queue = driven(workQueue);
      await queue.up({ name: "fast", workPoolName });
      assert.equal(queue.id, `${workPoolName}/fast`);
      const { id } = (await workQueue.get(client, queue.id)) ?? {};
      assert.equal(queue.outputs.uuid, id);
      await queue.up({ name: "fast", workPoolName, description: "d" });
      assert.equal(queue.outputs.uuid, id);
    });

    it("moves to another pool by being replaced", async () => {
      const queue = driven(workQueue);
      const args = { name: fresh("queue"), workPoolName: await pool() };
      await queue.up(args);
      const other = await pool();
      assert.equal(await queue.up({ ...args, workPoolName: other }), "replace");
      assert.equal(queue.id, `${other}/${args.name}`);
    });

    it("keeps the priorities of the program's queues, in whatever order they are made", async () => {
      const workPoolName = await pool();
      const wanted = { third: 3, second: 2, first: 1 };
      const queues = Object.entries(wanted).map(([name, priority]) => ({ name, workPoolName, priority }));
      const made = queues.map((args) => ({ args, queue: new Driven(workQueue, client, queues) }));
      await Promise.all(made.map(({ args, queue }) => queue.up(args)));
      for (const { queue } of made) assert.deepEqual(await queue.refresh(), []);
    });

    it("has no priority that another of the program has", async () => {
      const workPoolName = await pool();
      const a = { name: "a", workPoolName, priority: 4 };
      assert.deepEqual(lifecycle.check(workQueue, undefined, a, {}).failures, []);
      const { failures } = lifecycle.check(workQueue, undefined, { ...a, name: "b" }, {}, [a]);
      assert.match(failures[0]?.reason ?? "", /4 is also that of the queue "a" of the pool/);
    });

    it("of a pool that isn't there says so", async () => {
      await assert.rejects(
        driven(workQueue).up({ name: "q", workPoolName: "nowhere" }),
        /work pool "nowhere" does not exist/,
      );
    });

    it("that Prefect makes with a pool is adopted, and left when it is taken out", async () => {
      const queue = driven(workQueue);
      await queue.up({ name: "default", workPoolName: await pool(), concurrencyLimit: 3, adopt: true });
      assert.deepEqual(await queue.refresh(), []);
      await queue.delete();
      assert.deepEqual(await queue.refresh(), []);
    });

    it("with deployments that stay is not deleted", async () => {
      const workPoolName = await pool();
      const queue = driven(workQueue);
      await queue.up({ name: "fast", workPoolName });
      const user = driven(deployment);
      await user.up({ name: "user", flowName: fresh("flow"), workPoolName, workQueueName: "fast" });
      await assert.rejects(queue.delete(), /still has deployments that this stack doesn't delete \("user"\)/);
      await user.delete();
      await queue.delete();
    });
  });

  describe("a variable", () => {
    lives(
      variable,
      () => Promise.resolve({ name: slug("variable"), value: "v" }),
      { tags: [["a", "b"], ["c"]] },
      { renewed: { value: [{ a: null, b: [{ c: 1.5 }, []], d: { e: true } }, ["other"]] } },
    );

    const values: JsonValue[] = [
      "text",
      "",
      0,
      -1.5,
      9007199254740991,
      true,
      false,
      [],
      {},
      [null, [1]],
      { a: { b: null } },
    ];
    for (const value of values) {
      it(`holds ${JSON.stringify(value)}`, async () => {
        const args = { name: slug("variable"), value };
        const object = driven(variable);
        await object.up(args);
        assert.deepEqual(await object.refresh(), []);
        assert.deepEqual((await variable.find(client, args))?.value, value);
      });
    }

    it("is renamed in place", async () => {
      const object = driven(variable);
      await object.up({ name: slug("variable"), value: 1 });
      assert.equal(await object.up({ name: slug("variable"), value: 1 }), "update");
      assert.deepEqual(await object.refresh(), []);
    });

    it("whose value somebody made a long integer shows all its digits, and is mended", async () => {
      const args = { name: slug("variable"), value: 1 };
      const object = driven(variable);
      await object.up(args);
      await client.patch(`/variables/${object.id}`, { value: { a: 12345678901234567890n } });
      const found = await lifecycle.read(variable, client, object.id, args);
      assert.deepEqual(found?.inputs.value, { a: "12345678901234567890" });
      assert.deepEqual(await object.refresh(), ["value"]);
      assert.equal(await object.up(args), "update");
    });
  });

  describe("a global concurrency limit", () => {
    lives(
      globalConcurrencyLimit,
      () => Promise.resolve({ name: fresh("limit"), limit: 2 }),
      { active: [false, true], slotDecayPerSecond: [1.5, 2] },
      { renewed: { limit: [0, 9] } },
    );

    it("is renamed in place, and keeps the slots that are held", async () => {
      const object = driven(globalConcurrencyLimit);
      const args = { name: fresh("limit"), limit: 5 };
      await object.up(args);
      await client.post(
        "/v2/concurrency_limits/increment",
        { names: [args.name], slots: 2, mode: "concurrency" },
        aList,
      );
      const held = async () => (await client.find<Json>(`/v2/concurrency_limits/${object.id}`))?.active_slots;
      assert.equal(await held(), 2);
      assert.deepEqual(await object.refresh(), []);
      assert.equal(await object.up({ name: fresh("limit"), limit: 6, active: true, slotDecayPerSecond: 0 }), "update");
      assert.equal(await held(), 2);
      await object.delete();
    });
  });

  it("is made, although the answer to its creation was lost and the second try finds it there", async () => {
    const args: [AnyKind, Json][] = [
      [globalConcurrencyLimit, { name: fresh("limit"), limit: 2 }],
      [variable, { name: slug("variable"), value: 1 }],
      [workPool, { name: fresh("pool"), type: "process" }],
      [block, { name: slug("block"), blockTypeSlug: "secret", data: { value: "x" } }],
    ];
    for (const [kind, given] of args) {
      let made = { id: "", outputs: {} };
      await losingAnswers(async (losing) => {
        made = await creation.create(kind, losing, given);
      });
      const { id, outputs } = made;
      assert.notEqual(await lifecycle.read(kind, client, id, outputs), undefined);
    }
  });

  describe("a saved search", () => {
    const failed = { object: "flow-run", property: "state", type: "state", operation: "any", value: ["Failed"] };
    lives(savedSearch, () => Promise.resolve({ name: fresh("search") }), {
      filters: [[failed], [{ ...failed, value: ["Crashed", { deep: null }] }]],
    });
  });

  it("that somebody else makes at the same moment isn't this program's, where Prefect would just change it", async () => {
    const typeId = (await client.find<{ id: string }>("/block_types/slug/secret"))?.id ?? "";
    const args: [AnyKind, Json][] = [
      [deployment, { name: fresh("deployment"), flowName: fresh("flow") }],
      [flow, { name: fresh("flow") }],
      [tagConcurrencyLimit, { tag: fresh("tag"), concurrencyLimit: 1 }],
      [savedSearch, { name: fresh("search") }],
      [blockSchema, { blockTypeId: typeId, fields: { title: fresh("Fields"), type: "object" } }],
    ];
    for (const [kind, given] of args) {
      const between = new PrefectClient(client.connection);
      between.make = async <T extends object>(path: string, body: unknown, method?: "POST" | "PUT") => {
        await client.make(path, body, method);
        return PrefectClient.prototype.make.call(between, path, body, method) as Promise<T>;
      };
      await assert.rejects(
        creation.create(kind, between, given),
        /was made by somebody else at this moment, as .*; it isn't this stack's/,
      );
      assert.notEqual(await kind.find(client, given), undefined);
    }
  });

  it("has each argument that Prefect changes in place changed here", () => {
    // a worker, names, hashes, and what names another object have tests of their own; what is only written can't drift
    const elsewhere = /^Worker\.|\.name$|(workPoolName|Id|codeHash)$|^Block\.data(WriteOnly|Version)$/;
    const all = Object.entries(registry).flatMap(([type, kind]) =>
      Object.entries(kind().fields).flatMap(([key, { replaces }]) => (replaces ? [] : [`${type}.${key}`])),
    );
    assert.deepEqual(
      all.filter((name) => !tried.has(name) && !elsewhere.test(name)),
      [],
    );
  });

  describe("a tag concurrency limit", () => {
    lives(
      tagConcurrencyLimit,
      () => Promise.resolve({ tag: fresh("tag"), concurrencyLimit: 2 }),
      {},
      {
        renewed: { concurrencyLimit: [0, 9] },
      },
    );

    it("is not made again by a change when it is gone", async () => {
      const object = driven(tagConcurrencyLimit);
      const args = { tag: fresh("tag"), concurrencyLimit: 2 };
      await object.up(args);
      await client.delete(`/concurrency_limits/${object.id}`);
      await assert.rejects(
        object.up({ ...args, concurrencyLimit: 3 }),
        /was deleted in Prefect; run `pulumi up --refresh`/,
      );
    });
  });

  describe("a block type", () => {
    lives(blockType, () => Promise.resolve({ name: fresh("type"), slug: slug("type") }), {
      description: ["what it is", "something else"],
      logoUrl: ["http://localhost/a.png", "http://localhost/b.png"],
      documentationUrl: ["http://localhost/a", "http://localhost/b"],
      codeExample: ["print(1)", "print(2)"],
    });

    it("is replaced by another name or slug", async () => {
      const object = driven(blockType);
      const args = { name: fresh("type"), slug: slug("type") };
      await object.up(args);
      assert.equal(await object.up({ ...args, slug: slug("type") }), "replace");
    });

    it("that has the slug under another name is known as the one that exists", async () => {
      const args = { name: fresh("type"), slug: slug("type") };
      await driven(blockType).up(args);
      const other = { ...args, name: fresh("type") };
      await assert.rejects(driven(blockType).up(other), /already exists; set adopt: true/);
      await assert.rejects(driven(blockType).up({ ...other, adopt: true }), /exists with name ".*", not ".*"/);
    });

    it("of Prefect's own is not deleted", async () => {
      const types = await client.filter<{ id: string; slug: string; is_protected: boolean }>("/block_types/filter");
      const blocks = await client.filter<{ block_type_id: string }>("/block_documents/filter");
      const used = new Set(blocks.map(({ block_type_id }) => block_type_id));
      const type = types.find(({ id, is_protected }) => is_protected && !used.has(id));
      await assert.rejects(
        lifecycle.remove(blockType, client, type?.id ?? "", { slug: type?.slug }),
        /block type ".*": could not delete; .*protected block types cannot be deleted/,
      );
    });
  });

  const ownType = async () => {
    const type = driven(blockType);
    const typeSlug = slug("type");
    await type.up({ name: fresh("type"), slug: typeSlug });
    return { id: type.id, slug: typeSlug };
  };

  const fieldsOf = (typeSlug: string) => ({
    title: "Db",
    type: "object",
    properties: { host: { type: "string" }, password: { type: "string", format: "password", writeOnly: true } },
    secret_fields: ["password"],
    block_type_slug: typeSlug,
  });

  describe("a block schema", () => {
    lives(
      blockSchema,
      async () => {
        const type = await ownType();
        return { blockTypeId: type.id, fields: fieldsOf(type.slug), capabilities: ["write", "read"], version: "1.0.0" };
      },
      {},
    );

    it("is replaced by any change", async () => {
      const type = await ownType();
      const args = { blockTypeId: type.id, fields: fieldsOf(type.slug) };
      const object = driven(blockSchema);
      await object.up(args);
      assert.equal(await object.up({ ...args, version: "2" }), "replace");
      assert.equal(await object.up({ ...args, version: "2", capabilities: ["read"] }), "replace");
      assert.equal(await object.up({ ...args, version: "2", fields: { ...args.fields, title: "Other" } }), "replace");
      assert.deepEqual(await object.refresh(), []);
    });

    it("of another type with the same fields is not taken for this one", async () => {
      const fields = { title: fresh("fields") };
      await driven(blockSchema).up({ blockTypeId: (await ownType()).id, fields });
      await assert.rejects(
        driven(blockSchema).up({ blockTypeId: (await ownType()).id, fields }),
        /has these fields already as schema .* of another block type/,
      );
    });

    it("with blocks that stay is not deleted", async () => {
      const type = await ownType();
      const schema = driven(blockSchema);
      await schema.up({ blockTypeId: type.id, fields: fieldsOf(type.slug) });
      const user = driven(block);
      await user.up({ name: "user", blockTypeSlug: type.slug });
      await assert.rejects(schema.delete(), /still has blocks that this stack doesn't delete first \("user"\)/);
      const owner = driven(blockType);
      await assert.rejects(
        lifecycle.remove(blockType, client, type.id, { slug: type.slug }),
        /still has blocks that this stack doesn't delete \("user"\)/,
      );
      await user.delete();
      await schema.delete();
      assert.equal(owner.id, "");
    });
  });

  describe("a block", () => {
    const base = () => Promise.resolve({ name: slug("block"), blockTypeSlug: "s3-bucket", data: { bucket_name: "b" } });
    lives(
      block,
      base,
      {},
      {
        renewed: { data: [{ bucket_folder: "f", deep: { list: [1, null, "a"] } }, { bucket_name: "c" }] },
      },
    );

    it("loses the values that are removed, and all of them", async () => {
      const { data: _, ...args } = await base();
      const object = driven(block);
      await object.up({ ...args, data: { a: 1, b: 2 } });
      assert.equal(await object.up({ ...args, data: { b: 2 } }), "update");
      assert.deepEqual((await block.find(client, args))?.data, { b: 2 });
      assert.equal(await object.up(args), "update");
      assert.deepEqual((await block.find(client, args))?.data, {});
      await object.delete();
    });

    it("shows the drift of a secret, and mends it", async () => {
      const args = { name: slug("block"), blockTypeSlug: "secret", data: { value: "hunter2" } };
      const object = driven(block);
      await object.up(args);
      assert.deepEqual(await object.refresh(), []);
      await client.patch(`/block_documents/${object.id}`, { data: { value: "hunter3" } });
      assert.deepEqual(await object.refresh(), ["data"]);
      assert.equal(await object.up(args), "update");
      assert.deepEqual((await block.find(client, args))?.data, { value: "hunter2" });
    });

    it("keeps its secrets out of what the server says is wrong", async () => {
      const user = { name: "d", flowName: fresh("flow"), workPoolName: await pool(), jobVariables: { env: "hunter2" } };
      const create = (secrets: string[]) =>
        creation.create(deployment, client, user, { secrets }).then(
          () => "",
          (error: unknown) => (error as Error).message,
        );
      assert.match(await create([]), /hunter2/);
      assert.match(await create(["jobVariables"]), /\[secret\]/);
      assert.doesNotMatch(await create(["jobVariables"]), /hunter2/);
    });

    it("refers to another block", async () => {
      const credentials = driven(block);
      await credentials.up({ name: slug("block"), blockTypeSlug: "aws-credentials", data: { region_name: "eu-1" } });
      const reference = { $ref: { block_document_id: credentials.id } };
      const args = { ...(await base()), data: { bucket_name: "b", credentials: reference } };
      const object = driven(block);
      await object.up(args);
      assert.deepEqual(await object.refresh(), []);
      assert.equal(await object.up({ ...args, data: { bucket_name: "c", credentials: reference } }), "update");
      assert.deepEqual(await object.refresh(), []);
      assert.equal(await object.up({ ...args, data: { bucket_name: "c" } }), "update");
      assert.deepEqual(await object.refresh(), []);
    });

    it("is given data that isn't stored, when its version changes", async () => {
      const args = { name: slug("block"), blockTypeSlug: "secret" };
      const object = driven(block);
      const data = async () => (await block.find(client, args))?.data;
      await object.up({ ...args, dataWriteOnly: { value: "one" }, dataVersion: 1 });
      assert.deepEqual(await data(), { value: "one" });
      assert.doesNotMatch(JSON.stringify(object.outputs), /one/);
      assert.equal(await object.up({ ...args, dataWriteOnly: { value: "two" }, dataVersion: 1 }), "same");
      assert.equal(await object.up({ ...args, dataWriteOnly: { value: "two" }, dataVersion: 2 }), "update");
      assert.deepEqual(await data(), { value: "two" });
      assert.deepEqual(await object.refresh(), []);
      assert.doesNotMatch(JSON.stringify(object.outputs), /two/);
      const adopted = driven(block);
      await adopted.up({ ...args, dataWriteOnly: { value: "three" }, dataVersion: 2, adopt: true });
      assert.deepEqual(await data(), { value: "three" });
      assert.equal(await object.up({ ...args, data: { value: "four" } }), "update");
      assert.deepEqual(await data(), { value: "four" });
    });

    it("follows the schema that it names, in place, and keeps one that it doesn't name any more", async () => {
      const type = await ownType();
      const ids: string[] = [];
      for (const version of ["1", "2"]) {
        const schema = driven(blockSchema);
        await schema.up({ blockTypeId: type.id, fields: fieldsOf(type.slug), version });
        ids.push(schema.id);
      }
      const args = { name: "b", blockTypeSlug: type.slug, data: { host: "h" } };
      const object = driven(block);
      await object.up(args);
      assert.equal((await block.find(client, args))?.block_schema_id, ids[1]);
      assert.equal(await object.up({ ...args, blockSchemaId: ids[0] }), "update");
      assert.deepEqual(await object.refresh(), []);
      assert.deepEqual((await block.find(client, args))?.data, { host: "h" });
      assert.equal(await object.up(args), "update");
      assert.equal((await block.find(client, args))?.block_schema_id, ids[0]);
    });

    it("of a type that isn't there fails at once, and says which there are", async () => {
      const started = Date.now();
      await assert.rejects(
        driven(block).up({ name: "b", blockTypeSlug: "s3-buckett" }),
        /block "s3-buckett\/b": Prefect has no block type "s3-buckett"; .* There are: .*s3-bucket, /,
      );
      assert.ok(Date.now() - started < 5_000);
    });

    it("of a type without a schema says what to do", async () => {
      const type = await ownType();
      await assert.rejects(driven(block).up({ name: "b", blockTypeSlug: type.slug }), /has no schema yet; make one/);
    });

    it("can be anonymous", async () => {
      const object = driven(block);
      const args = { name: slug("block"), blockTypeSlug: "secret", data: { value: "x" }, isAnonymous: true };
      await object.up(args);
      assert.deepEqual(await object.refresh(), []);
    });
  });

  describe("an automation", () => {
    const event = { type: "event", posture: "Reactive", expect: ["test.event"] };
    const base = () =>
      Promise.resolve({ name: fresh("automation / % &"), trigger: event, actions: [{ type: "do-nothing" }] });
    const nested = {
      type: "compound",
      require: 2,
      within: 60.5,
      triggers: [
        {
          ...event,
          expect: ["b.event", "a.event"],
          after: ["z.event"],
          forEach: ["l.two", "l.one"],
          threshold: 3,
          within: 10,
        },
        {
          type: "sequence",
          triggers: [
            { ...event, posture: "Proactive", within: 30, match: { "prefect.resource.id": ["a.*", "b"] } },
            {
              type: "compound",
              require: "any",
              triggers: [{ ...event, matchRelated: [{ Role_x: "flow" }, { b: ["c"] }] }],
            },
          ],
        },
      ],
    };

    lives(
      automation,
      base,
      {
        description: ["what it is for", "something else"],
        enabled: [false, true],
        tags: [["a"], ["b", "c"]],
        actionsOnTrigger: [[{ type: "cancel-flow-run" }], [{ type: "suspend-flow-run" }]],
        actionsOnResolve: [[{ type: "resume-flow-run" }], [{ type: "do-nothing" }, { type: "do-nothing" }]],
      },
      {
        renewed: {
          trigger: [nested, { ...nested, require: "all" }],
          actions: [
            [{ type: "change-flow-run-state", state: "FAILED", name: "Broken", message: "m", force: true }],
            [{ type: "do-nothing" }],
          ],
        },
      },
    );

    it("is renamed in place", async () => {
      const args = await base();
      const object = driven(automation);
      await object.up(args);
      assert.equal(await object.up({ ...args, name: fresh("automation") }), "update");
      assert.deepEqual(await object.refresh(), []);
    });

    it("takes each action that Prefect has", async () => {
      const flowName = fresh("flow");
      const workPoolName = await pool();
      const target = driven(deployment);
      await target.up({ name: "target", flowName, workPoolName, jobVariables: {} });
      const deploymentId = target.id;
      const { id: workPoolId } =
        (await client.find<{ id: string }>(`/work_pools/${encodeURIComponent(workPoolName)}`)) ?? {};
      const queue = driven(workQueue);
      await queue.up({ name: "q", workPoolName });
      const workQueueId = queue.outputs.uuid;
      const hook = driven(block);
      await hook.up({ name: slug("block"), blockTypeSlug: "webhook", data: { url: "http://localhost" } });
      const blockDocumentId = hook.id;
      const other = driven(automation);
      await other.up(await base());
      const automationId = other.id;
      const actions = [
        { type: "do-nothing" },
        {
          type: "run-deployment",
          deploymentId,
          parameters: { My_x: { a: 1 } },
          jobVariables: { env: { A_b: "1" } },
          scheduleAfter: 5.5,
        },
        { type: "run-deployment", source: "inferred" },
        { type: "pause-deployment", source: "selected", deploymentId },
        { type: "resume-deployment", deploymentId },
        { type: "change-flow-run-state", state: "CANCELLED" },
        { type: "cancel-flow-run" },
        { type: "delete-flow-run" },
        { type: "suspend-flow-run" },
        { type: "resume-flow-run" },
        { type: "call-webhook", blockDocumentId, payload: "{{ event.id }}" },
        { type: "send-notification", blockDocumentId, subject: "s", body: "{{ flow.name }}" },
        { type: "pause-work-pool", workPoolId },
        { type: "resume-work-pool", source: "inferred" },
        { type: "pause-work-queue", workQueueId },
        { type: "resume-work-queue", workQueueId },
        { type: "pause-automation", automationId },
        { type: "resume-automation", automationId },
      ];
      const object = driven(automation);
      const args = { ...(await base()), enabled: false, actions, actionsOnTrigger: actions, actionsOnResolve: actions };
      await object.up(args);
      assert.deepEqual(await object.refresh(), []);
      assert.equal(await object.up(args), "same");
    });

    it("shows what was changed in Prefect's UI, down to a nested trigger", async () => {
      const args = { ...(await base()), trigger: nested };
      const object = driven(automation);
      await object.up(args);
      const { id: _, created: __, updated: ___, ...remote } = (await automation.get(client, object.id)) as Json;
      await client.put(`/automations/${object.id}`, {
        ...remote,
        trigger: { ...(remote.trigger as Json), require: "any" },
      });
      assert.deepEqual(await object.refresh(), ["trigger"]);
      assert.equal(await object.up(args), "update");
      assert.deepEqual(await object.refresh(), []);
    });

    it("doesn't mind the order in which Prefect lists events", async () => {
      const object = driven(automation);
      await object.up({
        ...(await base()),
        trigger: { ...event, expect: ["z", "a", "m", "b"].map((e) => `test.${e}`) },
      });
      assert.deepEqual(await object.refresh(), []);
    });

    it("is one, although the answer to its creation was lost", async () => {
      const args = await base();
      await losingAnswers(async (losing) => {
        await creation.create(automation, losing, args);
      });
      const all = await client.filter("/automations/filter", { automations: { name: { any_: [args.name] } } });
      assert.equal(all.length, 1);
    });

    it("leaves others of its name alone, also one that was made since it was looked for", async () => {
      const args = await base();
      const theirs = {
        name: args.name,
        trigger: { type: "event", posture: "Reactive", expect: ["never"], threshold: 1, within: 0 },
        actions: [],
      };
      const between = Object.create(client) as PrefectClient;
      between.post = async <T>(path: string, body: unknown, shape?: Shape) => {
        if (path === "/automations/") await client.post(path, theirs);
        return client.post<T>(path, body, shape);
      };
      await creation.create(automation, between, args);
      const all = await client.filter("/automations/filter", { automations: { name: { any_: [args.name] } } });
      assert.equal(all.length, 2);
    });

    it("is kept in the state when what comes after its creation fails", async () => {
      const args = await base();
      const breaking = Object.create(client) as PrefectClient;
      breaking.list = () => Promise.reject(new Error("the line broke"));
      await assert.rejects(creation.create(automation, breaking, args), PartialFailure);
    });

    it("that Prefect names after a deployment's trigger is told apart by the deployment that it runs", async () => {
      const ids = [randomUUID(), randomUUID(), randomUUID()];
      const name = `${fresh("nightly")}__automation_1`;
      const args = (deploymentId?: string) => ({
        ...{ name, trigger: event },
        actions: [{ type: "run-deployment" as const, deploymentId }],
      });
      const [one, other, stranger] = [driven(automation), driven(automation), driven(automation)];
      assert.equal(await one.up(args(ids[0])), "create");
      assert.equal(await other.up(args(ids[1])), "create");
      await assert.rejects(stranger.up(args(ids[1])), /already exists/);
      assert.equal(await stranger.up({ ...args(ids[1]), adopt: true }), "create");
      assert.equal(stranger.id, other.id);
      assert.equal(await one.up(args(ids[2])), "update");
      assert.deepEqual([await one.refresh(), await other.refresh()], [[], []]);
      await one.delete();
      assert.deepEqual(await other.refresh(), []);
      await other.delete();
    });

    it("of a name that several have is not guessed", async () => {
      const args = await base();
      for (const _ of [1, 2]) await client.post("/automations/", { ...args });
      await assert.rejects(driven(automation).up({ ...args, adopt: true }), /there are 2 of that name/);
    });

    it("can belong to a resource", async () => {
      const object = driven(automation);
      const owner = `prefect.deployment.${slug("x")}`;
      const args = { ...(await base()), ownerResource: owner };
      await object.up(args);
      assert.deepEqual(await object.refresh(), []);
      const owned = await client.list<{ id: string }>(`/automations/related-to/${owner}`);
      assert.deepEqual(
        owned?.map(({ id }) => id),
        [object.id],
      );
    });
  });

  describe("a flow", () => {
    lives(flow, () => Promise.resolve({ name: fresh("flow") }), { tags: [["a"], ["b"]] });
  });

  describe("a work pool", () => {
    lives(workPool, () => Promise.resolve({ name: fresh("pool"), type: "process" }), {
      description: ["a", "b"],
      isPaused: [true, false],
      concurrencyLimit: [0, 3],
      baseJobTemplate: [
        {
          job_configuration: { command: "{{ command }}" },
          variables: { type: "object", properties: { command: { type: "string" } } },
        },
        { job_configuration: { a: "b" }, variables: { type: "object", properties: {} } },
      ],
      storageConfiguration: [{ bundleUploadStep: { "a.step": { x: 1 } } }, { bundleUploadStep: { "b.step": {} } }],
    });
  });

  describe("a deployment", () => {
    lives(
      deployment,
      async () => ({ name: fresh("deployment"), flowName: fresh("flow"), workPoolName: await pool() }),
      {
        entrypoint: ["flows.py:f", "flows.py:g"],
        path: ["/a", "/b"],
        workQueueName: ["fast", "slow"],
        jobVariables: [{ env: { A: "1" } }, { env: { B: "2" } }],
        parameters: [{ x: 1, deep: { list: [1, null] } }, { y: 2 }],
        tags: [["a"], ["b"]],
        version: ["1", "2"],
        description: ["a", "b"],
        pullSteps: [[{ "my.own.step": { id: "x", requires: "y" } }], [{ "prefect.deployments.steps.git_clone": {} }]],
        parameterOpenapiSchema: [{ type: "object", properties: { x: { type: "integer" } } }, { type: "object" }],
        enforceParameterSchema: [false, true],
        paused: [true, false],
        concurrencyLimit: [2, 3],
        concurrencyOptions: [
          { collisionStrategy: "CANCEL_NEW", gracePeriodSeconds: 120 },
          { collisionStrategy: "ENQUEUE" },
        ],
        schedules: [
          [
            {
              slug: "a",
              cron: "0 9 * * 1",
              dayOr: false,
              timezone: "Europe/Berlin",
              maxScheduledRuns: 5,
              parameters: { x: 1 },
              active: false,
            },
            { interval: 3600, anchorDate: "2026-01-01T00:00:00Z" },
            { rrule: "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0" },
          ],
          [{ slug: "a", cron: "0 9 * * 1", dayOr: true, active: true }],
        ],
      },
    );
  });
});
