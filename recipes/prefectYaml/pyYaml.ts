import type { ScalarTag, SchemaOptions } from "yaml";

type Resolved = ReturnType<ScalarTag["resolve"]>;

function tag(
  name: string,
  test: RegExp,
  resolve: (text: string, onError: (message: string) => void) => Resolved,
): ScalarTag {
  return { tag: `tag:yaml.org,2002:${name}`, default: true, test, resolve };
}

const int =
  /^([-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const float =
  /^([-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const date = /^\d{4}-\d\d-\d\d$/;
const moment =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(Z|([-+])(\d\d?)(?::?(\d\d))?))?$/;

/** Whether a text without quotes is a date or a moment to PyYAML, which is no text to Prefect. */
export function isTimestamp(text: string): boolean {
  return date.test(text) || moment.test(text);
}

/**
 * YAML as Prefect reads it: PyYAML's `safe_load`, which has the types of YAML 1.1 but for `y` and `n`. A date becomes the text that Prefect makes of
 * it.
 *
 * @see https://yaml.org/type/
 */
export const pyYaml: SchemaOptions = {
  schema: "failsafe",
  customTags: [
    tag("null", /^(?:~|null|Null|NULL|)$/, () => null),
    tag("bool", /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/, (text) =>
      /^(yes|true|on)$/i.test(text),
    ),
    tag("int", int, (text, onError) => {
      const value = integer(text.replaceAll("_", ""));
      if (!Number.isSafeInteger(value)) onError(`${text} is an integer beyond 2^53, which JavaScript can't hold`);
      return value;
    }),
    tag("float", float, (text) => decimal(text.replaceAll("_", "").toLowerCase())),
    tag("timestamp", date, (text) => text),
    tag("timestamp", moment, isoOf),
  ],
};

function integer(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[-+]/, "");
  if (/^0[xb]/.test(digits)) return sign * Number(digits);
  if (/^0./.test(digits)) return sign * parseInt(digits, 8);
  return sign * sexagesimal(digits);
}

function decimal(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[-+]/, "");
  if (digits === ".inf") return sign * Infinity;
  if (digits === ".nan") return NaN;
  return sign * sexagesimal(digits);
}

/** `12:30:45` is 45045. */
function sexagesimal(text: string): number {
  return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** A moment as Prefect writes it. */
function isoOf(text: string): string {
  const [, year, month, day, hour, minute, second, fraction, zone, sign, zoneHour, zoneMinute] =
    moment.exec(text) ?? [];
  const two = (digits = "0") => digits.padStart(2, "0");
  const micros = Number((fraction ?? "").slice(0, 6).padEnd(6, "0"));
  const offset =
    zone === undefined
      ? ""
      : Number(zoneHour ?? 0) === 0 && Number(zoneMinute ?? 0) === 0
        ? "Z"
        : `${sign}${two(zoneHour)}:${two(zoneMinute)}`;
  const parts = micros === 0 ? "" : `.${String(micros).padStart(6, "0")}`;
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}${parts}${offset}`;
}
