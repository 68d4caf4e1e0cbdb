import assert from "node:assert/strict";
import { recipeKey, recipes } from "../../recipes/registry";

describe("recipes", () => {
  it("are called by their class names in snake_case", () => {
    for (const [key, { recipe }] of Object.entries(recipes)) assert.equal(recipeKey(recipe.name), key);
    assert.equal(recipeKey("NightlyDeployer"), "nightly_deployer");
    assert.equal(recipeKey("ETLDeployer"), "etl_deployer");
    assert.equal(recipeKey("S3ToDBDeployer"), "s3_to_db_deployer");
  });
});
