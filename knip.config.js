// What a preview seldom needs is loaded late, by `require("./x") as typeof import("./x")`. Knip follows names only through
// a plain `require` whose names are taken at once. Of a module that is kept whole, all names count as used.
const lateLoad = /(const \{[^}]*\} = )?require\(("\.[^"]+")\) as typeof import\(\2\)(\)\s*\.)?/g;

function asKnipReadsIt(text) {
  let whole = "";
  const plain = text.replace(lateLoad, (_, names = "", module, member = "") => {
    if (!names && !member) whole += `\nimport(${module}).then((module) => Object.keys(module));`;
    return `${names}require(${module})${member}`;
  });
  return plain + whole;
}

module.exports = {
  compilers: { ts: asKnipReadsIt },
  workspaces: {
    // index.ts, provider/index.ts and importer/cli.ts are known from package.json
    // a thread and a process are started by the names of their files
    ".": {
      entry: ["tools/*.ts", "test/**/*.ts", "provider/program/flows/flowReaderThread.ts", "cli/against/register.ts"],
      project: ["**/*.ts", "!examples/**"],
    },
    "examples/*": { project: ["**/*.ts"] },
  },
  // generated whole
  ignore: ["provider/api/prefect.ts"],
  // the type of an exported function's result is exported with it
  ignoreExportsUsedInFile: { interface: true, type: true },
  // part of util-linux, for tests that need Linux; what makes the certificates of tests; what checks units; and the command itself
  ignoreBinaries: ["setpriv", "openssl", "systemd-analyze"],
};
