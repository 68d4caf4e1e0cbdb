import { Expression, fileStem, jsonText, type Names } from "./code";

/** JSON with more lines than this goes into a file of its own. */
const mostLines = 12;
/** The arguments that are often long, with the folder of their files and what they are called. */
const places: Record<string, { folder: string; noun: string }> = {
  baseJobTemplate: { folder: "job-templates", noun: "JobTemplate" },
  parameterOpenapiSchema: { folder: "parameter-schemas", noun: "Parameters" },
  fields: { folder: "block-fields", noun: "Fields" },
};

/** JSON that is too long to stand in the program, in files that it imports. */
export class OwnFiles {
  /** The text of each file by its path. */
  readonly files = new Map<string, string>();
  readonly imports: string[] = [];
  private readonly importOf = new Map<string, string>();

  /** @param variables the program's, which those of the files have to be told from */
  constructor(private readonly variables: Names) {}

  /**
   * The value of an argument, or the variable of the file that it is in now.
   *
   * @param title what it is of
   */
  placed(key: string, value: unknown, title: string): unknown {
    const place = places[key];
    if (place === undefined) return value;
    // a file holds no references, and one with this key would be taken for a module
    if (holdsExpression(value) || Object.hasOwn(Object(value) as object, "__esModule")) return value;
    const text = jsonText(value);
    if (text.split("\n").length <= mostLines) return value;
    const known = this.importOf.get(text);
    if (known !== undefined) return new Expression(known);
    const variable = this.variables.variable(title, place.noun);
    const stem = `${place.folder}/${fileStem(title)}`;
    let file = `${stem}.json`;
    for (let number = 2; this.files.has(file); number += 1) file = `${stem}-${number}.json`;
    this.files.set(file, text);
    this.imports.push(`import ${variable} from "./${file}";`);
    this.importOf.set(text, variable);
    return new Expression(variable);
  }
}

function holdsExpression(value: unknown): boolean {
  if (value instanceof Expression) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsExpression);
}
