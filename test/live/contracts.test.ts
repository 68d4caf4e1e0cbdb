import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";
import fc from "fast-check";
import type { PrefectClient } from "../../provider/api/client";
import { ApiError } from "../../provider/api/errors";
import type { Json } from "../../provider/engine/kind";
import { parameterCheck } from "../../provider/kinds/deployment/parameters";
import { type Contract, contractsOf } from "../../report/contracts";
import { root } from "../../tools/root";
import { signature } from "../support/arbitrarySignature";
import { prefectClient, tools } from "../support/environment";

/** How many signatures are tried; each is a deployment and three runs. */
const cases = Number(process.env.META_PREFECT__CONTRACT_CASES ?? 80);

describe("what is said of the parameters of a flow of any signature", () => {
  let client: PrefectClient;
  let flowId: string;
  let python: ChildProcess;
  let answers: AsyncIterator<string>;
  before(async () => {
    client = await prefectClient();
    flowId = (await client.post<{ id: string }>("/flows/", { name: "contracts" })).id;
    const script = path.join(root, "test", "live", "signature_schemas.py");
    python = spawn((await tools()).python, [script], { stdio: ["pipe", "pipe", "inherit"] });
    answers = createInterface({ input: python.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  });
  after(() => python.stdin?.end());

  const described = async (source: string, parameters: Json[]) => {
    python.stdin?.write(`${JSON.stringify({ source, parameters })}\n`);
    const { value } = (await answers.next()) as { value: string };
    return JSON.parse(value) as { schema: Json; takes: boolean[] };
  };
  const status = async (request: () => Promise<unknown>) => {
    try {
      await request();
      return 201;
    } catch (error) {
      if (error instanceof ApiError) return error.status;
      throw error;
    }
  };

  it("is what Prefect does with them", async () => {
    let n = 0;
    let before: { id: string; contract: Contract } | undefined;
    const seen = { taken: 0, refused: 0, unknown: 0, refusedDeployments: 0, refusedBefore: 0 };
    await fc.assert(
      fc.asyncProperty(signature, async ({ source, takesMore, own, given }) => {
        const wholes = given.map((each) => ({ ...own, ...each }));
        const { schema, takes } = await described(source, wholes);
        const name = `c${n++}`;
        const body = { name, flow_id: flowId, parameter_openapi_schema: schema, enforce_parameter_schema: true };

        const check = parameterCheck(schema, true, true);
        assert.ok(typeof check === "function", JSON.stringify(check));
        // Prefect leaves out a parameter called "required" when it is asked for the deployment, not for its runs
        const isRefused = check(own, "parameters").some(({ property }) => !/^parameters\.required\b/.test(property));
        const made = await status(() => client.make("/deployments/", { ...body, parameters: own }));
        assert.equal(made >= 400, isRefused, `the deployment: ${made} ${JSON.stringify(check(own, "parameters"))}`);
        if (isRefused) seen.refusedDeployments++;
        // what the deployment has of its own is held against the schema with each run again
        const parameters = isRefused ? {} : own;
        const { id } = isRefused
          ? await client.make<{ id: string }>("/deployments/", { ...body, name: `${name}-without` })
          : await client.post<{ id: string }>("/deployments/", { ...body, parameters });

        for (const [i, each] of given.entries()) {
          const deployment = `contracts/${name}`;
          const after = { schema, isEnforced: true, takesMore, parameters };
          const caller = { kind: "call" as const, deployment, name: "f.py:1", parameters: each };
          const breaches = contractsOf([{ deployment, after, ...(before && { before: before.contract }) }], [caller]);
          // what is wrong with the deployment's own parameters is told once, and counts unless the caller gives another
          const isSaid = breaches.some(
            ({ by, caller, mistakes }) =>
              by === "Prefect" &&
              (caller.kind !== "defaults" || mistakes.some((one) => !Object.hasOwn(each, one.name))),
          );
          const answer = await status(() =>
            client.postOnce(`/deployments/${id}/create_flow_run`, { parameters: each }),
          );
          const words = `${answer} ${JSON.stringify(each)} ${breaches.map(({ message }) => message).join("; ")}`;
          assert.equal(answer >= 400, isSaid, words);
          const isUnknown = breaches.some(({ mistakes }) => mistakes.some(({ kind }) => kind === "unknown"));
          if (isUnknown) assert.equal(isRefused ? false : takes[i], false, words);
          if (!isRefused && !takes[i]) assert.ok(breaches.length > 0, `the flow doesn't take ${JSON.stringify(each)}`);
          if (before && breaches.some(({ by, isNew }) => by === "Prefect" && !isNew)) {
            const former = await status(() =>
              client.postOnce(`/deployments/${before?.id}/create_flow_run`, { parameters: each }),
            );
            assert.ok(former >= 400, `it is said to be refused before as well: ${words}`);
            seen.refusedBefore++;
          }
          seen[isSaid ? "refused" : isUnknown ? "unknown" : "taken"]++;
        }
        before = { id, contract: { schema, isEnforced: true, takesMore, parameters } };
      }),
      { numRuns: cases, endOnFailure: process.env.CI !== undefined },
    );
    // a test of answers that are all alike shows nothing
    if (cases >= 50) for (const [what, count] of Object.entries(seen)) assert.ok(count > 0, `${what}: ${count}`);
    console.log(`      ${cases} signatures: ${JSON.stringify(seen)}`);
  }).timeout(300_000);
});
