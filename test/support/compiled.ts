import * as path from "node:path";
import * as ts from "typescript";
import { root } from "../../tools/root";

/**
 * What the compiler finds wrong in programs that use this package.
 *
 * @param programs their texts, by their names
 * @param others settings that differ from this package's own
 */
export function problemsOf(programs: ReadonlyMap<string, string>, others: ts.CompilerOptions = {}): string[] {
  const files = new Map([...programs].map(([name, text]) => [path.join(root, "test", `${name}.example.ts`), text]));
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
    config: unknown;
  };
  const options = { ...ts.parseJsonConfigFileContent(config, ts.sys, root).options, noEmit: true, ...others };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) =>
        `${path.basename(file, ".example.ts")}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}
