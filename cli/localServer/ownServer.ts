import { readProfile } from "../../provider/api/profile";
import type { Place } from "../project/place";
import { writtenSettings } from "../project/writtenSettings";
import { recordedServer } from "./localServer";

/** An environment that names the server which was started for the folder, unless the stack, the environment or the profile names another. */
export function withOwnServer(
  { folder, env }: Pick<Place, "folder" | "env">,
  environment: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const own = recordedServer(folder);
  if (!own || environment.PREFECT_API_URL || readProfile(environment).PREFECT_API_URL) return environment;
  const isNamedByStack = env !== undefined && Boolean(writtenSettings(folder, env).get("prefect:apiUrl"));
  return isNamedByStack ? environment : naming(own.apiUrl, environment);
}

/** An environment that names a server which was started here. The credentials in it are meant for another, and that one asks for none. */
export function naming(apiUrl: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {
    PREFECT_API_KEY: _key,
    PREFECT_API_AUTH_STRING: _authString,
    PREFECT_CLIENT_CUSTOM_HEADERS: _headers,
    ...others
  } = environment;
  return { ...others, PREFECT_API_URL: apiUrl };
}
