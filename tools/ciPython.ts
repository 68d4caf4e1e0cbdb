import { findEnvironment } from "./pythonEnvironment";

/** A Python with what the files for CI are checked with, check-jsonschema and zizmor, and with the AWS CLI that a team types to set up its roles. */
export function findCiPython(): Promise<string> {
  return findEnvironment({
    name: "ci",
    requirements: ["requirements-ci.txt"],
    what: "check-jsonschema, zizmor and the AWS CLI",
    module: "check_jsonschema, awscli",
  });
}
