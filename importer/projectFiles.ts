import { jsonText, quoted } from "./code";
import { dependencies, version } from "./ownPackage";

/** The files of a program that are the same for all but the project's name, by their paths. */
export function projectFiles(project: string): [path: string, text: string][] {
  return [
    ["Pulumi.yaml", `name: ${quoted(project)}\nruntime: nodejs\n`],
    ["package.json", jsonText(packageSettings)],
    ["tsconfig.json", jsonText(compilerSettings)],
  ];
}

const packageSettings = {
  private: true,
  main: "index.ts",
  dependencies: { "@pulumi/pulumi": dependencies["@pulumi/pulumi"], "meta-prefect": version },
  devDependencies: { "@types/node": "^20.0.0", typescript: "5.9" },
};

const compilerSettings = {
  compilerOptions: {
    strict: true,
    target: "es2022",
    module: "nodenext",
    esModuleInterop: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
  },
  files: ["index.ts"],
};
