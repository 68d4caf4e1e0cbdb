import * as path from "node:path";
import { root } from "../../tools/root";

/** A line of shell that gives the folder in which it is typed this package, in place of npm's installation of it and of the compiler. */
export const insteadOfNpmInstall = ["meta-prefect", "@pulumi/pulumi", "@types/node", "typescript", ".bin/tsc"]
  .map((name) => {
    const from = name === "meta-prefect" ? root : path.join(root, "node_modules", name);
    return `mkdir -p node_modules/${path.dirname(name)} && ln -s ${from} node_modules/${name}`;
  })
  .join(" && ");
