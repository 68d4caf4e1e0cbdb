import { provider } from "@pulumi/pulumi";
import type { AwsType } from "./aws/awsType";
import { queryOf, typeOf } from "./aws/services";
import { currentRegion } from "./aws/settings";
import { drifted } from "./drift";
import { InitializationError } from "./initializationError";
import { redact } from "./redact";
import { partsOf } from "./urn";
import { hasSecrets, isSame, type Json, plain, withoutUndefined } from "./wireValues";

/**
 * Stands in for Pulumi's AWS plugin, which can't be had everywhere: it asks the AWS of AWS_ENDPOINT_URL, which is moto in the
 * tests. The settings of a provider resource don't reach it. As in Pulumi's provider, `__defaults` holds what the plugin
 * named; the inputs of the last update are kept under `__inputs`.
 */

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

void provider.main(
  {
    version: (require("@pulumi/aws/package.json") as { version: string }).version,

    check(urn, olds: Json, news: Json) {
      const { autoname } = typeOf(partsOf(urn).type);
      if (!autoname || news[autoname.property] !== undefined) return Promise.resolve({ inputs: news });
      const { property, make } = autoname;
      const before = wasNamed(olds, property) ? olds[property] : undefined;
      const name = before ?? make(partsOf(urn).name);
      return Promise.resolve({ inputs: { ...news, [property]: name, __defaults: [property] } });
    },

    diff(_id, urn, { __inputs }: Json, news: Json) {
      const olds = __inputs as Json;
      const { autoname, replaces } = typeOf(partsOf(urn).type);
      const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
        (key) => !isSame(olds[key], news[key]),
      );
      const replacing = changed.filter((key) => replaces.includes(key));
      const keepsName = autoname && !wasNamed(news, autoname.property) && !changed.includes(autoname.property);
      return Promise.resolve({
        changes: changed.length > 0,
        replaces: replacing,
        deleteBeforeReplace: replacing.length > 0 && keepsName === true,
      });
    },

    async create(urn, inputs: Json) {
      const type = typeOf(partsOf(urn).type);
      const id = await inWords("creating", type, urn, inputs, () => type.create(plain(inputs)));
      try {
        return { id, outs: await stateOf(type, urn, id, inputs) };
      } catch (error) {
        throw new InitializationError((error as Error).message, id, { ...inputs, __inputs: inputs });
      }
    },

    async read(id, urn, state: Json) {
      const type = typeOf(partsOf(urn).type);
      const inputs = (state.__inputs ?? {}) as Json;
      const live = await inWords("reading", type, urn, inputs, () => type.read(id, plain(inputs)));
      if (!live) return { id: "", props: {} };
      const now = drifted(inputs, state, { ...state, ...withoutUndefined(live) }) as Json;
      return { id, inputs: now, props: outputsOf(live, now) };
    },

    async update(id, urn, { __inputs: olds }: Json, news: Json) {
      const type = typeOf(partsOf(urn).type);
      await inWords("updating", type, urn, news, async () => type.update?.(id, plain(news), plain(olds as Json)));
      return { outs: await stateOf(type, urn, id, news) };
    },

    async delete(id, urn, { __inputs: inputs }: Json) {
      const type = typeOf(partsOf(urn).type);
      await inWords("deleting", type, urn, inputs as Json, () => type.delete(id, plain(inputs as Json)));
    },

    async invoke(token, args: Json) {
      const query = queryOf(token);
      const inputs = plain(args);
      const outputs = await query(inputs as never);
      const region = currentRegion(inputs.region as string | undefined);
      return { outputs: withoutUndefined({ id: region, region, ...inputs, ...outputs }) };
    },
  },
  process.argv.slice(2),
);

async function stateOf(type: AwsType, urn: string, id: string, inputs: Json): Promise<Json> {
  const live = await inWords("reading", type, urn, inputs, () => type.read(id, plain(inputs)));
  if (!live) throw new Error(`reading ${type.noun} (${id}): couldn't find resource`);
  return outputsOf(live, inputs);
}

/** What AWS tells, over what the program wrote; what was written as a secret stays one. */
function outputsOf(live: Json, inputs: Json): Json {
  const secrets = Object.fromEntries(Object.entries(inputs).filter(([, value]) => hasSecrets(value)));
  const { __defaults: _, ...written } = inputs;
  const tags = live.tags ?? written.tags ?? {};
  const region = currentRegion(plain(inputs).region as string | undefined);
  return withoutUndefined({ ...written, region, tagsAll: tags, ...live, ...secrets, __inputs: inputs });
}

function wasNamed({ __defaults: names }: Json, property: string): boolean {
  return Array.isArray(names) && names.includes(property);
}

/** An error with what was done to what, and AWS's own words. */
async function inWords<T>(verb: string, type: AwsType, urn: string, inputs: Json, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { name, message } = error as Error;
    const what = type.autoname ? String(plain(inputs)[type.autoname.property]) : partsOf(urn).name;
    const words = name === "Error" ? message : `${name}: ${message}`;
    throw new Error(redact(`${verb} ${type.noun} (${what}): ${words}`, inputs), { cause: error });
  }
}
