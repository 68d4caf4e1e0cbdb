/**
 * The floors of the house: a file imports from its own floor and from those below, never from above. `npm run check` fails on an arrow that
 * runs upwards, and on one from what runs in Pulumi's provider process into what runs in the user's program.
 */
const floors = [
  "^provider/api/",
  "^processes/",
  "^provider/engine/",
  "^provider/program/",
  "^provider/kinds/shared/",
  "^provider/schedule/",
  "^provider/kinds/(?!shared/)",
  "^provider/(index|lookups)\\.ts$",
  "^components/",
  "^recipes/",
  "^index\\.ts$",
  "^importer/",
  "^report/",
  "^cli/",
];

module.exports = {
  forbidden: [
    ...floors.slice(0, -1).map((floor, i) => ({
      name: `upwards from ${floor.replace(/[\\^$]|\(\?!.*\)/g, "")}`,
      severity: "error",
      from: { path: floor },
      to: { path: floors.slice(i + 1) },
    })),
    {
      name: "from the provider process into the program",
      severity: "error",
      from: { path: "^provider/(engine/|api/|index\\.ts$)" },
      to: { path: "^provider/program/" },
    },
    {
      name: "EKS for all",
      comment: "most programs have none of the packages that EKS needs",
      severity: "error",
      from: { path: "^components/[^/]+\\.ts$" },
      to: { path: "^components/eks/" },
    },
    {
      name: "round in circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "from what is released into the tests",
      severity: "error",
      from: { path: "^(provider|processes|components|recipes|importer|report|cli|index\\.ts)" },
      to: { path: "^(test|tools|examples)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|node_modules)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
