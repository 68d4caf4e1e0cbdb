import type { GitVersion } from "../../provider/program/gitVersion";
import type { Registered } from "../../report/registered";
import type { Diagnostic } from "../../report/step";

/** What the process that reads one side is told. */
export interface Asked {
  /** The YAML. */
  file: string;
  /** The folder that nothing outside of is read. */
  below: string;
  project: string;
  stack: string;
  configuration: Record<string, string>;
  /** The keys of it that are encrypted in the file. */
  secretKeys: string[];
  /** What git says of the folder. */
  gitVersion: GitVersion;
}

/** What it answers. */
export interface Answer {
  resources: Registered[];
  /** The stack's outputs. */
  outputs: Record<string, unknown>;
  diagnostics: Diagnostic[];
  /** What the environment would fill in, where nothing stands for it. */
  unknowns: string[];
}
