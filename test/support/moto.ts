import * as fs from "node:fs";
import * as path from "node:path";
import axios from "axios";
import { freePort } from "../../processes/freePort";
import { type ProcessIdentity, startDetached, stop } from "../../processes/localProcess";
import { until } from "../../processes/until";

/** A running moto server: what stands for AWS in the tests. */
export interface Moto {
  url: string;
  identity: ProcessIdentity;
  /** The environment variables under which AWS clients of all kinds talk to it. */
  environment: Record<string, string>;
  stop: () => Promise<void>;
}

const startPatience = 60_000;
const region = "us-east-1";

/**
 * Starts moto and waits until it answers.
 *
 * @param python interpreter with moto's server
 * @param folder for its log
 */
export async function startMoto(python: string, folder: string): Promise<Moto> {
  fs.mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = path.join(folder, "moto.log");
  const { identity, ended } = await startDetached(python, ["-m", "moto.server", "-p", String(port)], {
    cwd: folder,
    logFile,
    // AWS's own policies, such as AmazonEKSClusterPolicy, can be attached as on AWS
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
  });
  const look = () => {
    if (ended()) throw new Error(`moto ended with ${ended()}; see ${logFile}:\n${fs.readFileSync(logFile, "utf8")}`);
    return answers(url);
  };
  if (await until(look, { every: 100, patience: startPatience })) {
    const environment = {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    };
    return { url, identity, environment, stop: () => stop(identity, 5_000) };
  }
  await stop(identity, 5_000);
  throw new Error(`moto did not answer within ${startPatience / 1000} s; see ${logFile}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    await axios.get(`${url}/moto-api/data.json`, { timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}
