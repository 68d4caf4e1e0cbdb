import assert from "node:assert/strict";
import type { PrefectClient } from "../../../../provider/api/client";
import { PrefectError } from "../../../../provider/api/errors";
import * as creation from "../../../../provider/engine/creation";
import { worker } from "../../../../provider/kinds/worker/worker";
import { temporaryFolder } from "../../../support/environment";

describe("a worker that this machine hasn't started", () => {
  const before = process.env.XDG_STATE_HOME;
  beforeEach(() => (process.env.XDG_STATE_HOME = temporaryFolder()));
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
  });

  /** A server that knows the worker, and has no work pools of which one could be started. */
  const knowing = (status: string) =>
    ({
      connection: { apiUrl: "http://127.0.0.1/api" },
      serverTime: () => new Date(),
      find: () => Promise.resolve(undefined),
      filter: () => Promise.resolve([{ id: "0", name: "etl", status }]),
    }) as unknown as PrefectClient;
  const create = (status: string, more: object = {}) =>
    creation.create(worker, knowing(status), { name: "etl", workPoolName: "pool", ...more });

  it("is never taken over while it is online, and no advice says so", async () => {
    for (const more of [{}, { adopt: true }]) {
      await assert.rejects(create("ONLINE", more), (error) => {
        assert.ok(error instanceof PrefectError);
        assert.match(
          error.message,
          /^worker "etl": is online in the work pool "pool", and this machine hasn't started it, so that it can't be taken over; stop it where it was started and try again when the server shows it offline, or choose another name\./,
        );
        assert.doesNotMatch(error.message, /adopt/);
        return true;
      });
    }
  });

  it("is started when it is offline, also where it is to be taken over", async () => {
    for (const more of [{}, { adopt: true }]) {
      await assert.rejects(create("OFFLINE", more), /^worker "etl": its work pool "pool" does not exist; /);
    }
  });
});
