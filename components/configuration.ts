import * as pulumi from "@pulumi/pulumi";
import { programError } from "../provider/programError";

/** What stack configuration and environment say of every deployment; see `recipeConfiguration`. */
export interface RecipeConfiguration {
  env: string;
  tags: string[];
  version: string;
}

/**
 * Reads `meta-prefect:env`, `meta-prefect:tags` and `meta-prefect:version`: the stack's configuration, then META_PREFECT__ENV,
 * META_PREFECT__TAGS and META_PREFECT__VERSION. Without them the environment is the stack's name, there are no tags, and the version is
 * "auto". Tags are a JSON list, or a text with commas between them.
 */
export function recipeConfiguration(environment: NodeJS.ProcessEnv = process.env): RecipeConfiguration {
  const config = new pulumi.Config("meta-prefect");
  const value = (key: string) => config.get(key) || environment[`META_PREFECT__${key.toUpperCase()}`] || undefined;
  return {
    env: value("env") ?? pulumi.getStack(),
    tags: parseTags(value("tags") ?? ""),
    version: value("version") ?? "auto",
  };
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
