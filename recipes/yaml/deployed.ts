import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { recipeConfiguration } from "../../components/configuration";
import type { Deployer } from "../../components/deployer";
import { failuresIn } from "../../components/recipeArguments";
import { messageOf } from "../../provider/api/errors";
import type { Json } from "../../provider/engine/kind";
import { programError } from "../../provider/program/programError";
import { inProgramFolder } from "../../provider/program/programFolder";
import { type RecipeClass, recipes as ours, rulesOf } from "../registry";
import { moduleFile, teamRecipe } from "../teamRecipe";
import { checkAll } from "./checked";
import { type Fill, filled, fillingConfiguration, fillingIn, fitting } from "./filling";
import { readFile, type WrittenFile } from "./reader";
import { refuseElsewhere, refuseModules } from "./refused";
import { spanOf, spansIn } from "./tree";
import { type Wanted, wantedIn } from "./wanted";

/** @see deployFromYaml */
export function deployed(given: string, recipes: Record<string, RecipeClass>): Deployer[] {
  const file = readFile(given, Object.keys(recipes));
  return deployers(file, recipes, fillingIn(file.mistakes));
}

/**
 * The same for a file whose author may make nothing run here, and read nothing: by this package's recipes alone, of code that lies below a
 * folder, and with nothing of the environment.
 *
 * @param unknowns gets the texts that the environment would fill in, where nothing can stand for that
 */
export function deployedAsData(given: string, below: string, unknowns: string[]): Deployer[] {
  const file = readFile(given);
  refuseModules(file);
  const refuse = (wanted: Wanted[]) => refuseElsewhere(file, wanted, below);
  return deployers(file, {}, fillingConfiguration(file.mistakes), { unknowns, refuse });
}

/** What is different where a file is data alone. */
interface AsData {
  unknowns?: string[];
  /** Notes what isn't to be deployed, before anything of it is read. */
  refuse?: (wanted: Wanted[]) => void;
}

function deployers(
  file: WrittenFile,
  recipes: Record<string, RecipeClass>,
  fill: Fill,
  { unknowns, refuse }: AsData = {},
): Deployer[] {
  const { env } = recipeConfiguration();
  checkAll(file);
  const wanted = wantedIn(file, env, fill, unknowns);
  refuse?.(wanted);
  const keys = [...new Set(wanted.map(({ recipe }) => recipe))];
  const makers = keys.map((key) => {
    const recipe = Object.hasOwn(recipes, key) ? recipes[key] : classOf(file, key);
    const filledIn = argumentsOf(file, key, fill, unknowns);
    const deployments = wanted.filter((one) => one.recipe === key).map(({ deployment }) => deployment);
    return () => made(file, key, recipe as RecipeClass, { ...filledIn, deployments });
  });
  file.mistakes.throwAny();
  return inProgramFolder(file.folder, () => makers.map((make) => make()));
}

/** What is said of a recipe, filled in. */
function argumentsOf({ recipes }: WrittenFile, key: string, fill: Fill, unknowns?: string[]): Json {
  const written = recipes.get(key);
  if (!written) return {};
  const { args, at } = written;
  if (!unknowns) return filled(args, rulesOf(key), fill) as Json;
  const spans = new Map(spansIn(args, at));
  const wrongIn = (data: unknown) =>
    (ours[key]?.failures(data as Json) ?? []).map(({ property }) => spanOf(spans, property) ?? at);
  return fitting(args, rulesOf(key), fill, wrongIn, unknowns) as Json;
}

/** A recipe's class; undefined when it can't be had, which is noted. */
function classOf({ recipes, folder, mistakes }: WrittenFile, key: string): RecipeClass | undefined {
  if (Object.hasOwn(ours, key)) return ours[key]?.recipe;
  const module = recipes.get(key)?.module;
  if (!module) return undefined;
  const file = moduleFile(path.resolve(folder, module.value));
  // that there is none is noted already
  if (file === undefined) return undefined;
  try {
    return teamRecipe(file, key);
  } catch (error) {
    mistakes.add(module.span, `recipe "${key}": ${module.value} ${messageOf(error)}`);
    return undefined;
  }
}

/** The deployer, or where in the file it says why it can't be made. */
function made({ recipes, source, flows }: WrittenFile, key: string, recipe: RecipeClass, args: Json): Deployer {
  try {
    return new recipe(key, args);
  } catch (error) {
    const isMistake = pulumi.RunError.isInstance(error);
    // one of this package's own is to be seen whole
    if (!isMistake && Object.hasOwn(ours, key)) throw error;
    const written = recipes.get(key);
    const at = written?.at ?? flows[0]?.at ?? { start: 0, end: 0 };
    const spans = new Map(written ? spansIn(written.args, at) : []);
    const span = (isMistake && spanOf(spans, failuresIn(error)[0]?.property ?? "")) || at;
    const message = isMistake ? error.message : `recipe "${key}" failed: ${String(error)}${frameIn(error)}`;
    throw programError(`${source.place(span)}: ${message}\n${source.excerpt(span)}`);
  }
}

/** The line of code at which something was thrown. */
function frameIn(error: unknown): string {
  const [, frame] = /\n\s+at (.*)/.exec((error instanceof Error && error.stack) || "") ?? [];
  return frame === undefined ? "" : ` (at ${frame})`;
}
