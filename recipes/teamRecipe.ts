import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { Deployer } from "../components/deployer";
import { cacheFolder } from "../processes/cacheFolder";
import { messageOf } from "../provider/api/errors";
import { type RecipeClass, recipeKey } from "./registry";

const endings = [".ts", ".js", ".mts", ".mjs", ".cts", ".cjs"];
/** What a recipe's module gets from where this package finds it, unless it has its own. */
const lent = ["@pulumi/aws", "@pulumi/kubernetes", "@kubernetes/client-node"];
/** The root of this package's entry, as it runs. */
const ownRoot = path.join(__dirname, "..");
const pulumiFolder = path.dirname(require.resolve("@pulumi/pulumi/package.json"));

/** The file of a module that is named as `import` names it: with or without its ending, or by the folder of its index file. */
export function moduleFile(place: string): string | undefined {
  const names = [
    place,
    ...endings.map((ending) => place + ending),
    ...endings.map((ending) => path.join(place, `index${ending}`)),
  ];
  return names.find((name) => fs.statSync(name, { throwIfNoEntry: false })?.isFile());
}

/**
 * A team's own recipe from its module, which gets the running copies of this package and of Pulumi's, wherever it lies.
 *
 * @param file absolute path
 * @param key what YAML calls it: the class name in snake_case, unless the class is the default export
 * @throws Error that says what is wrong with the module
 */
export function teamRecipe(file: string, key: string): RecipeClass {
  const exported = load(file);
  const all: Record<string, unknown> = typeof exported === "function" ? { default: exported } : { ...exported };
  const recipe = Object.entries(all).find(([name, value]) => isNamed(value, name, key))?.[1] ?? all.default;
  if (recipe === undefined) {
    const names = Object.keys(all).join(", ") || "nothing";
    throw new Error(`exports no class that is called ${key} in snake_case, and no default; it exports ${names}`);
  }
  if (typeof recipe === "function" && (recipe.prototype as unknown) instanceof Deployer) return recipe as RecipeClass;
  throw new Error(`exports no recipe: ${nameOf(recipe, key)} must be a class that extends Deployer of meta-prefect`);
}

function isNamed(value: unknown, exportedAs: string, key: string): boolean {
  return typeof value === "function" && [value.name, exportedAs].some((name) => recipeKey(name) === key);
}

function nameOf(value: unknown, key: string): string {
  return typeof value === "function" && value.name !== "" ? value.name : key;
}

function load(file: string): object | undefined {
  // loaded late: few programs have recipes of their own
  const { createJiti } = require("jiti") as typeof import("jiti");
  const jiti = createJiti(file, {
    alias: { "meta-prefect": ownRoot, "@pulumi/pulumi": pulumiFolder, ...lentTo(file) },
    nativeModules: ["@pulumi", "meta-prefect"],
    // the one of everybody's temporary folder could be written by others
    fsCache: cacheFolder("recipes"),
    interopDefault: false,
  });
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- its other way is asynchronous, and this one has to be ready at once
    return jiti(file) as object | undefined;
  } catch (error) {
    throw new Error(`can't be loaded: ${messageOf(error)}`);
  }
}

function lentTo(file: string): Record<string, string> {
  const missing = lent.filter((name) => packageFolder(name, file) === undefined);
  return Object.fromEntries(
    missing.flatMap((name) => {
      const folder = packageFolder(name, path.join(process.cwd(), "index.js")) ?? packageFolder(name, __filename);
      return folder === undefined ? [] : [[name, folder]];
    }),
  );
}

/** Where a package is that a file requires. */
function packageFolder(name: string, file: string): string | undefined {
  try {
    return path.dirname(createRequire(file).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
