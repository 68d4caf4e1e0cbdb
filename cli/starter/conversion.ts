import * as path from "node:path";
import { filledIn } from "../../importer/prefectYaml/filledIn";
import { PrefectError } from "../../provider/api/errors";
import type { Converted, Note } from "../../recipes/prefectYaml/converted";
import { checkYaml } from "../project/place";

/** A prefect.yaml, read. */
export interface Conversion {
  /** The prefect.yaml, an absolute path. */
  source: string;
  converted: Converted;
  /** What it needs to be deployed. */
  needs: Needs;
}

/** What is to be set before what a prefect.yaml says can be deployed. */
interface Needs {
  /** Variables of the environment. */
  env: string[];
  /** Keys of the stack's configuration. */
  config: { key: string; isSecret: boolean }[];
}

/** The prefect.yaml that `--from` names, an absolute path. @throws UsageError where there is none */
export function sourceOf(from: string): string {
  const source = path.resolve(from);
  checkYaml("--from", source, from);
  return source;
}

/** @throws RunError that says what of the file can't be read; PrefectError where it has no deployments */
export function conversionOf(source: string): Conversion {
  // loaded late: most starters are made from flows alone
  const { convertPrefectYaml } =
    require("../../recipes/prefectYaml/convertPrefectYaml") as typeof import("../../recipes/prefectYaml/convertPrefectYaml");
  const converted = convertPrefectYaml(source);
  if (converted.deployments.length === 0) {
    throw new PrefectError(
      [`${source} has no deployment that could be written`, ...converted.notes.map(noteLine)].join("\n"),
    );
  }
  const { env, config } = filledIn(converted);
  const isSecret = (key: string) => converted.secrets?.includes(key) ?? false;
  return { source, converted, needs: { env, config: config.map((key) => ({ key, isSecret: isSecret(key) })) } };
}

/** A note as one line. */
export function noteLine({ place, message }: Note): string {
  return `${place}: ${message}`;
}

/** The deployments, as a person knows them. */
export function deploymentsOf({ converted }: Conversion): { flow: string; name: string; entrypoint: string }[] {
  return converted.deployments.map(({ flow, deployment: { name, entrypoint } }) => ({ flow, name, entrypoint }));
}

/** How what exists already comes into the state, instead of being an error. */
export const aboutAdoption =
  "what `prefect deploy` has made already is taken over, with its runs, by adopt: true of the recipe:\n" +
  "  recipes: { plain_deployer: { adopt: true } }";

/**
 * The commands that set what is needed.
 *
 * @param set the command that sets a value of the configuration
 */
export function settingLines({ needs: { env, config } }: Conversion, set: string): string[] {
  return [
    ...env.filter((name) => process.env[name] === undefined).map((name) => `export ${name}=<value>`),
    ...config.map(({ key, isSecret }) => `${set} ${isSecret ? `--secret ${key}` : `${key} <value>`}`),
  ];
}
