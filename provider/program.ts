import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import type { PrefectClient } from "./client";
import { type Connection, pageUrl, resolveConnection } from "./connection";
import { messageOf } from "./errors";
import { programError } from "./programError";

/** One client and one first request for each run of a program; tests run several in one process. */
const clients = new WeakMap<object, PrefectClient>();
const greetings = new WeakMap<object, Promise<void>>();

/** The client of the program itself, as opposed to that of the resources, which live in a process of Pulumi's. */
export function programClient(): PrefectClient {
  const program = getMonitor() as object;
  // loaded late: a preview seldom asks the server anything
  const loaded = require("./client") as typeof import("./client");
  const client = clients.get(program) ?? new loaded.PrefectClient(programConnection());
  clients.set(program, client);
  return client;
}

function programConnection(): Connection {
  return resolveConnection((key) => pulumi.runtime.getConfig(key));
}

/** The address of a page in Prefect's UI; its path alone while no server is named, as a preview may be made without one. */
export function pageInProgram(page: string): string {
  try {
    return pageUrl(programConnection(), page);
  } catch {
    return page;
  }
}

/**
 * Asks the server, once in a program that is about to deploy, whether it is there and takes the credentials: that it doesn't is then one
 * error of the program, rather than one of each resource. A preview asks nothing.
 */
export function greetServer(): Promise<void> | undefined {
  const program = getMonitor();
  if (pulumi.runtime.isDryRun() || program === undefined || program instanceof MockMonitor) return undefined;
  const greeting = greetings.get(program) ?? greet();
  greetings.set(program, greeting);
  return greeting;
}

async function greet(): Promise<void> {
  try {
    await programClient().greet();
  } catch (error) {
    // Pulumi reports it once and ends the program; a resource that failed with it would say it once more
    void Promise.reject(programError(messageOf(error)));
    await new Promise(() => undefined);
  }
}
