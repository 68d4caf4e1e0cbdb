import assert from "node:assert/strict";
import * as fs from "node:fs";
import { eksFolder, missingForEks } from "../../../cli/project/packages";
import { temporaryFolder } from "../../support/environment";

describe("the packages of EKS", () => {
  const { XDG_CACHE_HOME } = process.env;

  before(() => {
    process.env.XDG_CACHE_HOME = temporaryFolder();
  });
  after(() => {
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  });

  it("are missed where this copy hasn't got them, until a deploy has installed them beside it", () => {
    const copy = temporaryFolder();
    assert.deepEqual(missingForEks(copy), ["@kubernetes/client-node", "@pulumi/aws", "@pulumi/kubernetes"]);
    fs.mkdirSync(eksFolder(), { recursive: true });
    assert.deepEqual(missingForEks(copy), []);
  });
});
