import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { nearest } from "../provider/engine/nearest";
import * as rules from "../provider/kinds/shared/rules";
import { programError } from "../provider/program/programError";

/** What stack configuration and environment say of every deployment; see `recipeConfiguration`. */
export interface RecipeConfiguration {
  env: string;
  tags: string[];
  version: string;
  /** The program's folder as the worker sees it, an absolute path; undefined when it is the program's own. */
  root?: string;
}

/**
 * Reads `meta-prefect:env`, `meta-prefect:tags`, `meta-prefect:version` and `meta-prefect:root`: the stack's configuration, then
 * META_PREFECT__ENV, META_PREFECT__TAGS, META_PREFECT__VERSION and META_PREFECT__ROOT. Without them the environment is the stack's name,
 * there are no tags, and the version is "auto"; "git" is the other one that follows the changes. Tags are a JSON list, or a text with commas between them.
 *
 * @throws RunError when one of them is wrong, or there is no such setting
 */
export function recipeConfiguration(environment: NodeJS.ProcessEnv = process.env): RecipeConfiguration {
  refuseUnknown(pulumi.runtime.allConfig());
  const config = new pulumi.Config("meta-prefect");
  const value = (key: string) => config.get(key) || environment[`META_PREFECT__${key.toUpperCase()}`] || undefined;
  const env = value("env") ?? pulumi.getStack();
  if (!rules.name.safeParse(env).success) {
    throw programError(
      `meta-prefect:env (or META_PREFECT__ENV) is "${env}", which becomes part of Prefect's names; give one without / % & > <`,
    );
  }
  const root = value("root");
  if (root !== undefined && !path.isAbsolute(root)) {
    throw programError(
      `meta-prefect:root (or META_PREFECT__ROOT) is "${root}"; give an absolute path: the program's folder as the worker sees it`,
    );
  }
  return {
    env,
    tags: parseTags(value("tags") ?? ""),
    version: value("version") ?? "auto",
    root,
  };
}

const keys = ["env", "tags", "version", "root"];

/** A setting that there isn't would be one that isn't heeded. */
function refuseUnknown(configuration: Record<string, string>): void {
  const prefix = "meta-prefect:";
  const names = Object.keys(configuration).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  const unknown = names.find((name) => !keys.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, keys);
  throw programError(
    `${prefix}${unknown}: there is no such setting; ${meant ? `did you mean ${prefix}${meant}? ` : ""}allowed are ` +
      keys.map((key) => `${prefix}${key}`).join(", "),
  );
}

function parseTags(text: string): string[] {
  if (!text.trim().startsWith("[")) {
    return text
      .split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== "");
  }
  let tags: unknown;
  try {
    tags = JSON.parse(text);
  } catch {
    tags = undefined;
  }
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string")) return tags;
  throw programError(
    `meta-prefect:tags (or META_PREFECT__TAGS) is ${text}; give a JSON list of strings, or a text with commas between the tags`,
  );
}
