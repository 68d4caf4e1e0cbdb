import assert from "node:assert/strict";
import * as fs from "node:fs";
import axios from "axios";
import type { OpenAPI3 } from "openapi-typescript";
import { prefectTypesFile, prefectTypesOf } from "../../tools/prefectTypes";
import { prefectServer } from "../support/environment";

describe("the types of Prefect's API", () => {
  it("are those of the pinned server; `node dist/tools/prefectTypes.js` writes them anew", async () => {
    const { apiUrl } = await prefectServer();
    const { data } = await axios.get<OpenAPI3>(new URL("/openapi.json", apiUrl).href);
    assert.equal(await prefectTypesOf(data), fs.readFileSync(prefectTypesFile, "utf8"));
  });
});
