interface OwnPackage {
  version: string;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

/** What the package that runs says of itself; from the compiled file's own place. */
export const { version, dependencies, peerDependencies } = require("../../package.json") as OwnPackage;
