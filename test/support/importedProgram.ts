import assert from "node:assert/strict";
import * as vm from "node:vm";
import * as ts from "typescript";
import type { Item } from "../../importer/inventory";
import type { Json } from "../../provider/engine/kind";

/** A resource that a program made. */
export interface Made {
  type: string;
  /** Its arguments, with the names that the Pulumi name stands for. */
  args: Json;
}

/**
 * Runs the program that was written of the items, with stand-ins for the classes that tell what they were given. A reference to a
 * resource has the id or the name of the item that the resource takes over; a secret is `secret <key>`.
 */
export function evaluated(files: Map<string, string>, items: Item[]): Made[] {
  const text = files.get("index.ts") ?? "";
  const { outputText, diagnostics } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true },
  });
  assert.deepEqual(
    diagnostics?.map(({ messageText }) => messageText),
    [],
    text,
  );
  const made: Made[] = [];
  const modules = (name: string): unknown => {
    if (name === "meta-prefect") return new Proxy({}, { get: (_, type) => standIn(String(type), items, made) });
    if (name === "@pulumi/pulumi") return pulumi;
    const json = files.get(name.replace("./", ""));
    assert.ok(json !== undefined, `it imports ${name}`);
    return JSON.parse(json) as unknown;
  };
  const run = vm.compileFunction(outputText, ["require", "exports"]) as (require: unknown, exports: object) => void;
  run(modules, {});
  return made;
}

const pulumi = {
  Config: class {
    requireSecret = (key: string) => `secret ${key}`;
    requireSecretObject = this.requireSecret;
  },
  interpolate: (texts: TemplateStringsArray, ...values: string[]) => String.raw({ raw: texts }, ...values),
};

function standIn(type: string, items: Item[], made: Made[]): new (name: string, args: Json) => object {
  return class {
    constructor(pulumiName: string, given: Json) {
      const own = items.filter(({ kind }) => kind.type === type);
      const { shape } = own[0]?.kind.rules ?? { shape: {} };
      const args: Json = {
        ...("name" in shape && { name: pulumiName }),
        ...("tag" in shape && { tag: pulumiName }),
        ...given,
      };
      made.push({ type, args });
      const item = own.find(({ kind, args: had }) => kind.label(had) === kind.label(args));
      assert.ok(item, `there is no ${type} ${JSON.stringify(pulumiName)}`);
      Object.assign(this, { ...item.args, id: item.uuid, uuid: item.uuid });
    }
  };
}

/** Fails when the program does anything but make resources of what is written out in it. */
export function assertOnlyMakesResources(text: string): void {
  const file = ts.createSourceFile("index.ts", text, ts.ScriptTarget.ES2022, true);
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) continue;
    const made = ts.isExpressionStatement(statement) ? [statement.expression] : initializers(statement);
    for (const expression of made) {
      assert.ok(expression && ts.isNewExpression(expression), `not a resource: ${statement.getText()}`);
      assert.ok(/^(\w+|pulumi\.Config)$/.test(expression.expression.getText()), statement.getText());
      expression.arguments?.forEach(assertIsData);
    }
  }
}

function initializers(statement: ts.Statement): (ts.Expression | undefined)[] {
  assert.ok(ts.isVariableStatement(statement), `not a resource: ${statement.getText()}`);
  return statement.declarationList.declarations.map(({ initializer }) => initializer);
}

function assertIsData(node: ts.Expression): void {
  if (ts.isArrayLiteralExpression(node)) return node.elements.forEach(assertIsData);
  if (ts.isObjectLiteralExpression(node)) return node.properties.forEach(assertIsProperty);
  if (ts.isTaggedTemplateExpression(node)) {
    assert.equal(node.tag.getText(), "pulumi.interpolate");
    assert.ok(ts.isTemplateExpression(node.template));
    return node.template.templateSpans.forEach(({ expression }) => assertIsReference(expression));
  }
  if (ts.isCallExpression(node)) {
    assert.match(node.expression.getText(), /^config\.requireSecret(Object)?$/);
    return node.arguments.forEach((part) => assert.ok(ts.isStringLiteral(part)));
  }
  const word = /^(-?[\d.e+-]+|true|false|null)$/;
  if (!ts.isStringLiteral(node) && !word.test(node.getText())) assertIsReference(node);
}

function assertIsProperty(property: ts.ObjectLiteralElementLike): void {
  assert.ok(ts.isPropertyAssignment(property), property.getText());
  if (ts.isComputedPropertyName(property.name)) assert.ok(ts.isStringLiteral(property.name.expression));
  else assert.notEqual(ts.isNumericLiteral(property.name) || property.name.text, "__proto__");
  assertIsData(property.initializer);
}

/** The variable of a resource or an imported file, or what a resource has. */
function assertIsReference(node: ts.Expression): void {
  if (ts.isIdentifier(node)) return;
  assert.ok(ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression), `not data: ${node.getText()}`);
}
