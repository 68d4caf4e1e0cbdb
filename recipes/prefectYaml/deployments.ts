import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { RecipeDeployment } from "../../components/builder";
import { readHere } from "../../components/folderHere";
import { knowingWhere } from "../../components/written";
import { messageOf } from "../../provider/api/errors";
import type { Json } from "../../provider/engine/kind";
import { gitAnswer } from "../../provider/program/gitVersion";
import { programClient } from "../../provider/program/program";
import { programError } from "../../provider/program/programError";
import { programFolder } from "../../provider/program/programFolder";
import type { Tree } from "../yaml/tree";
import { deploymentOf, inputsOf } from "./deployment";
import { DeployTimeFilling, placeholdersBelow } from "./filling";
import { withFlowNames } from "./flowNames";
import { lookedUp, type Lookups } from "./lookups";
import { type Meant, meantIn } from "./meant";
import { outputsOf } from "./outputs";
import { type PrefectFile, readPrefectFile } from "./prefectFile";

/** @see fromPrefectYaml */
export async function deploymentsIn(given: string, outputs: Record<string, Json>): Promise<RecipeDeployment[]> {
  const file = readPrefectFile(given);
  const all = meantIn(file);
  const lookups = await lookUp(all, file);
  const filled = all.flatMap((one) => deploymentOf(one, fillingOf(one, lookups, outputs, file), file) ?? []);
  // what is wrong with one is better said before flows are read
  file.mistakes.throwAny();
  const deployments = withFlowNames(filled, file);
  for (const { place, message } of file.notes.all) void pulumi.log.warn(`${place}: ${message}`);
  const folder = path.relative(programFolder(), file.folder);
  return deployments.map(({ deployment, spans }) => {
    const places = Object.fromEntries([...spans].map(([property, span]) => [property, file.source.place(span)]));
    return knowingWhere(folder === "" ? deployment : readHere(deployment, folder), { places, unshown: [] });
  });
}

/** What the server has of what templates name; those of pull steps are filled in by each run. */
async function lookUp(all: Meant[], file: PrefectFile): Promise<Lookups> {
  const steps = all.flatMap(({ build, push }) => [...build, ...push].map(({ inputs }) => inputs));
  const trees: Tree[] = [
    ...all.flatMap(({ fields, pool }) => [...fields.values(), ...pool.values()].map(({ value }) => value)),
    ...steps,
  ];
  const placeholders = trees.flatMap(placeholdersBelow);
  try {
    return await lookedUp(placeholders, programClient);
  } catch (error) {
    const named = placeholders.find(({ kind }) => kind === "block" || kind === "variable");
    throw programError(`${file.source.file}: what ${named?.full} is can't be found out: ${messageOf(error)}`);
  }
}

function fillingOf(
  given: Meant,
  lookups: Lookups,
  outputs: Record<string, Json>,
  file: PrefectFile,
): DeployTimeFilling {
  const filling = (known: DeployTimeFilling["outputs"]) => new DeployTimeFilling(file, lookups, process.env, known);
  const known = outputsOf(
    [...given.build, ...given.push],
    outputs,
    (step, before) => inputsOf(step, filling(before)),
    (script) => gitAnswer(file.folder, script),
  );
  return filling(known);
}
