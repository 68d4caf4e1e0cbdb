import { PrefectError } from "../../provider/api/errors";
import type { Flags } from "../flags";
import { nameWithout } from "./manifest";
import { findPlace, stackName } from "./place";
import { readSettings } from "./settings";

/** Project and stack that a command line is about, where Pulumi hasn't come to say them. @throws PrefectError where the files don't tell */
export function stackSubject(flags: Flags, environment = process.env): { project: string; stack: string } {
  const place = findPlace(flags, process.cwd(), environment);
  const { file, manifest, env = environment.PULUMI_STACK } = place;
  const written = manifest === undefined ? undefined : readSettings(manifest).name;
  const name = file === undefined ? written : nameWithout(place, file);
  const stack = env === undefined ? "" : stackName(env);
  if (typeof name === "string" && name !== "" && stack) return { project: name, stack };
  throw new PrefectError(
    `which project and stack it is of isn't known; give ${stack ? "Pulumi.yaml a name" : "the stack by --env"}`,
  );
}
