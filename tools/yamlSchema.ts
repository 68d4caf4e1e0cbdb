import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import * as tsj from "ts-json-schema-generator";
import * as ts from "typescript";
import { snake } from "../provider/api/casing";
import { recipes } from "../recipes/registry";
import { root } from "./root";

/** The schema of meta_prefect.yaml, which editors read. */
export const schemaFile = path.join(root, "recipes", "yaml", "meta_prefect.schema.json");

interface Schema {
  description?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  allOf?: Schema[];
  not?: Schema;
  definitions?: Record<string, Schema>;
  default?: unknown;
}

/** Where the types are that it is made from. */
const types = path.join(root, "recipes", "yaml", "yamlFile.ts");

/** The schema as the types have it: names in camelCase, and nothing that is null. */
function typed(): Schema {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([types], options);
  const settings: tsj.CompletedConfig = {
    ...tsj.DEFAULT_CONFIG,
    ...{
      path: types,
      skipTypeCheck: true,
      expose: "export",
      additionalProperties: false,
      jsDoc: "extended",
      functions: "hide",
    },
  };
  const parser = tsj.createParser(program, settings, (all) =>
    // what Pulumi's packages declare is no data
    all.addNodeParser({
      supportsNode: (node) => node.getSourceFile().fileName.includes("/node_modules/@pulumi/"),
      createType: () => new tsj.AnyType(),
    }),
  );
  const generator = new tsj.SchemaGenerator(program, parser, tsj.createFormatter(settings), settings);
  return generator.createSchema("YamlFile") as Schema;
}

/** What says how the file is built: nothing of it has two spellings, or may be given as null. */
const structure = ["YamlFile", "YamlDeployment", "YamlSettings", "YamlRecipes"];

/** What the file may be given: each argument in snake_case as well, and null for one that isn't given. */
function written(schema: Schema): Schema {
  const { default: _, properties = {}, required = [], items, anyOf, additionalProperties, ...rest } = schema;
  const spellings = (name: string) => [...new Set([name, snake(name)])];
  const both = Object.entries(properties).flatMap(([name, part]) => {
    const allowed = required.includes(name) ? written(part) : orNull(written(part));
    return spellings(name).map((spelling): [string, Schema] => [spelling, allowed]);
  });
  const once = Object.keys(properties)
    .filter((name) => spellings(name).length > 1)
    .map((name): Schema => ({ not: { required: spellings(name) } }));
  const either = required.map((name): Schema => ({
    anyOf: spellings(name).map((spelling) => ({ required: [spelling] })),
  }));
  return {
    ...rest,
    ...(both.length > 0 && { properties: Object.fromEntries(both) }),
    ...(once.length + either.length > 0 && { allOf: [...once, ...either] }),
    ...(items && { items: written(items) }),
    ...(anyOf && { anyOf: anyOf.map(written) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === "object" ? written(additionalProperties) : additionalProperties,
    }),
  };
}

function orNull({ description, ...schema }: Schema): Schema {
  return { ...(description !== undefined && { description }), anyOf: [schema, { type: "null" }] };
}

/** The text of the schema. */
export async function yamlSchema(): Promise<string> {
  const { definitions = {}, ...schema } = typed();
  const all = Object.entries(definitions).map(([name, part]): [string, Schema] => [
    name,
    structure.includes(name) ? part : written(part),
  ]);
  const found = Object.fromEntries(all);
  // an index signature has to allow what the known names have
  Object.assign(found.YamlRecipes ?? {}, { additionalProperties: { $ref: "#/definitions/YamlOwnRecipe" } });
  for (const name of ["YamlDeployment", "YamlSettings"]) {
    Object.assign(found[name]?.properties?.recipe ?? {}, { examples: Object.keys(recipes) });
  }
  return prettier.format(JSON.stringify({ ...schema, definitions: found }), { parser: "json", printWidth: 120 });
}

async function writeSchema(): Promise<void> {
  fs.writeFileSync(schemaFile, await yamlSchema());
}

if (require.main === module) {
  writeSchema().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
