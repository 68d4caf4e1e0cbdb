import * as fs from "node:fs";
import * as path from "node:path";
import openapiTS, { astToString, type OpenAPI3, type SchemaObject } from "openapi-typescript";
import * as prettier from "prettier";
import { isTypeAliasDeclaration } from "typescript";
import { findPrefectPython } from "./prefectPython";
import { root } from "./root";
import { run } from "./run";

/** Where the provider has the types of Prefect's REST API. */
export const prefectTypesFile = path.join(root, "provider", "api", "prefect.ts");

/** What Prefect answers with, by its own names. */
const answers = [
  "Automation",
  "BlockDocument",
  "BlockSchema",
  "BlockType",
  "ConcurrencyLimit",
  "DeploymentResponse",
  "DeploymentSchedule",
  "Flow",
  "FlowRunResponse",
  "GlobalConcurrencyLimitResponse",
  "Log",
  "SavedSearch",
  "Variable",
  "WorkPoolResponse",
  "WorkQueueResponse",
  "WorkerResponse",
];

/** What it takes. */
const bodies = [
  "AutomationCreate",
  "AutomationUpdate",
  "BlockDocumentCreate",
  "BlockDocumentUpdate",
  "BlockSchemaCreate",
  "BlockTypeCreate",
  "BlockTypeUpdate",
  "ConcurrencyLimitCreate",
  "ConcurrencyLimitV2Create",
  "ConcurrencyLimitV2Update",
  "DeploymentCreate",
  "DeploymentFlowRunCreate",
  "DeploymentScheduleCreate",
  "DeploymentScheduleUpdate",
  "DeploymentUpdate",
  "FlowCreate",
  "FlowUpdate",
  "VariableCreate",
  "VariableUpdate",
  "WorkPoolCreate",
  "WorkPoolUpdate",
  "WorkQueueCreate",
  "WorkQueueUpdate",
];

type Schemas = Record<string, SchemaObject>;

const reference = "#/components/schemas/";
const heading = `// Prefect's own types, of the version that tools/toolchain/requirements.txt pins. An answer always has each of its
// fields; what a body needn't have is optional. An object that both may have is "<name>-Input" in bodies.
// Written by \`node dist/tools/prefectTypes.js\`.
`;

/** The OpenAPI document of the pinned Prefect, asked from its own code. */
async function documentOf(python: string): Promise<OpenAPI3> {
  const script =
    "import json; from prefect.server.api.server import create_app; print(json.dumps(create_app().openapi()))";
  return JSON.parse(await run(python, ["-c", script])) as OpenAPI3;
}

/** The TypeScript of what this project uses of an OpenAPI document of Prefect. */
export async function prefectTypesOf(document: OpenAPI3): Promise<string> {
  const all = document.components?.schemas as Schemas;
  const answered = withReferred(all, answers);
  const taken = withReferred(all, bodies);
  const inBodies = (name: string) => (name in answered && hasFields(all[name]) ? `${name}-Input` : name);
  const schemas = [
    ...Object.entries(answered).map(([name, schema]) => [name, alwaysWhole(schema)] as const),
    ...Object.entries(taken).map(([name, schema]) => [inBodies(name), referring(schema, inBodies)] as const),
  ];
  schemas.sort(([a], [b]) => (a < b ? -1 : 1));
  const nodes = await openapiTS(
    { openapi: "3.1.0", info: document.info, components: { schemas: Object.fromEntries(schemas) } },
    { defaultNonNullable: false, rootTypes: true, rootTypesNoSchemaPrefix: true },
  );
  // besides, it gives types for the paths, of which there are none here
  const wanted = nodes.filter((node) => !isTypeAliasDeclaration(node) || /^[A-Z]/.test(node.name.text));
  const text = heading + astToString(wanted, { formatOptions: { removeComments: true } });
  return prettier.format(text, { ...(await prettier.resolveConfig(prefectTypesFile)), parser: "typescript" });
}

/** The named schemas, and all that they refer to. */
function withReferred(all: Schemas, names: string[]): Schemas {
  const found: Schemas = {};
  const add = (name: string) => {
    if (name in found) return name;
    const schema = all[name];
    if (!schema)
      throw new Error(`Prefect's OpenAPI document has no schema "${name}"; mend the lists of tools/prefectTypes.ts`);
    found[name] = schema;
    referring(schema, add);
    return name;
  };
  names.forEach(add);
  return found;
}

/** A schema whose references have the names that `rename` gives them. */
function referring(schema: SchemaObject, rename: (name: string) => string): SchemaObject {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === "$ref" && typeof value === "string" ? reference + rename(value.slice(reference.length)) : value,
  ) as SchemaObject;
}

/** An answer has the fields with a default as well, which OpenAPI doesn't tell from those that may be missing. */
function alwaysWhole(schema: SchemaObject): SchemaObject {
  return hasFields(schema) ? { ...schema, required: Object.keys(schema.properties) } : schema;
}

function hasFields(schema?: SchemaObject): schema is SchemaObject & { properties: Schemas } {
  return schema !== undefined && "properties" in schema;
}

if (require.main === module) {
  findPrefectPython()
    .then(documentOf)
    .then(prefectTypesOf)
    .then((types) => fs.writeFileSync(prefectTypesFile, types))
    .catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
}
