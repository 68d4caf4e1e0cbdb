import { visible } from "../../provider/api/visible";
import { programError } from "../../provider/program/programError";
import type { Converted, ConvertedDeployment } from "../../recipes/prefectYaml/converted";
import { isTemplate, type Part, partsOf } from "../../recipes/yaml/interpolation";
import { Expression, interpolated, literal, quoted, templated } from "../code";
import { orderedArguments } from "./argumentOrder";
import { filledIn } from "./filledIn";

/** The arguments whose parts may be outputs, as those of secrets are. */
const withOutputs = ["parameters", "jobVariables", "pullSteps"];

const ofEnvironment = `/** A variable of the environment, without which nothing is deployed. */
function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new pulumi.RunError(\`the environment has no variable \${name}; set it\`);
  return value;
}
`;

/**
 * The text of a program whose deployer has the same deployments as the meta_prefect.yaml.
 *
 * @param below the folder to which the entrypoints are relative, as the program's own sees it. @default the same
 * @throws RunError for a text that can't be filled in
 */
export function convertedProgram(converted: Converted, below = "."): string {
  const { head, deployments, secrets = [] } = converted;
  const { env, config } = filledIn(converted);
  const own = config.some((key) => !key.includes(":"));
  const imports = [
    ...(below === "." ? [] : ['import * as path from "node:path";']),
    ...(env.length + config.length > 0 ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
    'import { PlainDeployer } from "meta-prefect";',
  ];
  const paragraphs = [
    comments(head),
    imports,
    below === "."
      ? []
      : ["// what entrypoints are relative to", `process.chdir(path.join(__dirname, ${quoted(below)}));`],
    own ? ["const config = new pulumi.Config();"] : [],
    env.length > 0 ? ofEnvironment.trimEnd().split("\n") : [],
    [
      'const deployer = new PlainDeployer("plain_deployer", {',
      "  deployments: [",
      ...deployments.flatMap((one) => deploymentLines(one, secrets)).map((line) => `    ${line}`),
      "  ],",
      "});",
      "export const deployed = deployer.deployed;",
      "export const schedules = deployer.schedules;",
    ],
  ];
  return `${paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function deploymentLines({ deployment, comments: given }: ConvertedDeployment, secrets: readonly string[]): string[] {
  const args = orderedArguments(deployment).map(([name, value]) => ({
    name,
    value: filled(value, withOutputs.includes(name) ? secrets : []),
    above: [...(given.get(name) ?? []), ...(name === "schedule" ? (given.get("schedules") ?? []) : [])],
  }));
  const known = new Set(args.flatMap(({ name }) => (name === "schedule" ? [name, "schedules"] : [name])));
  const own = [...given].flatMap(([name, lines]) => (known.has(name) ? [] : lines));
  const whole = Object.fromEntries(args.map(({ name, value }) => [name, value]));
  const lines = args.some(({ above }) => above.length > 0)
    ? [
        "{",
        ...args
          .flatMap(({ name, value, above }) => [...comments(above), ...`${name}: ${literal(value)},`.split("\n")])
          .map((line) => `  ${line}`),
        "},",
      ]
    : `${literal(whole)},`.split("\n");
  return [...comments(own), ...lines];
}

function comments(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(/\r\n|[\n\r]/)).map((line) => `// ${visible(line.trim())}`.trimEnd());
}

/** A value with expressions for what is filled in. */
function filled(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return isTemplate(value) ? text(partsOf(value), secrets) : value;
  if (Array.isArray(value)) return value.map((part) => filled(part, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filled(part, secrets)]));
}

function text(parts: ReturnType<typeof partsOf>, secrets: readonly string[]): unknown {
  if ("mistake" in parts) throw programError(parts.mistake);
  if (parts.every((part) => typeof part === "string")) return parts.join("");
  const isSecret = parts.some(
    (part) => typeof part !== "string" && part.from === "config" && secrets.includes(part.key),
  );
  const expressions = parts.map((part) => (typeof part === "string" ? part : expression(part, secrets)));
  const [only, ...others] = expressions;
  if (only instanceof Expression && others.length === 0) return only;
  return isSecret ? interpolated(expressions) : templated(expressions);
}

function expression({ from, key }: Exclude<Part, string>, secrets: readonly string[]): Expression {
  if (from === "env") return new Expression(`environment(${quoted(key)})`);
  const [name = "", namespace] = key.split(":").reverse();
  const config = namespace === undefined ? "config" : `new pulumi.Config(${quoted(namespace)})`;
  return new Expression(`${config}.${secrets.includes(key) ? "requireSecret" : "require"}(${quoted(name)})`);
}
