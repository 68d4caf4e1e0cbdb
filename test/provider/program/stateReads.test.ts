import assert from "node:assert/strict";
import { readOfState } from "../../../provider/program/stateReads";
import { temporaryFolder } from "../../support/environment";
import { registeredIn } from "../../support/registered";

const token = "pulumi:pulumi:readStackOutputs";
const torn = "failed to load checkpoint: EOF";

describe("what is read of a state", () => {
  /** Reads once, where the engine's answers are these failures before it is one. */
  async function read(...failures: string[]): Promise<unknown> {
    let outputs: unknown;
    const call = () => {
      const failure = failures.shift();
      // as gRPC has it
      if (failure !== undefined) throw Object.assign(new Error(failure), { details: failure });
      return { outputs: { a: 1 } };
    };
    await registeredIn(temporaryFolder(), async () => ({ outputs } = await readOfState(token, { name: "s" })), {
      call,
    });
    return outputs;
  }

  it("is read again when that came upon a file that was just being written", async () => {
    assert.deepEqual(await read(torn, torn), { a: 1 });
  });

  it("fails at once by whatever else it may", async () => {
    await assert.rejects(read("failed to load checkpoint: no such bucket", torn), /no such bucket$/);
  });
});
