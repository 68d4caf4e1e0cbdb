import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import type { PrefectClient } from "./client";
import { type Connection, pageUrl, resolveConnection } from "./connection";
import { messageOf } from "./errors";
import { perProgram } from "./perProgram";
import { programError } from "./programError";

/** The client of the program itself, as opposed to that of the resources, which live in a process of Pulumi's. */
export const programClient = perProgram((): PrefectClient => {
  // loaded late: a preview seldom asks the server anything
  const loaded = require("./client") as typeof import("./client");
  return new loaded.PrefectClient(programConnection());
});

/** How the program itself is configured to reach Prefect. @throws ConnectionError when it isn't */
export function programConnection(): Connection {
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
  return pulumi.runtime.isDryRun() || !hasEngine() ? undefined : greeting();
}

/** Whether a real engine runs the program, as opposed to a unit test's mocks. */
export function hasEngine(): boolean {
  const monitor = getMonitor();
  return monitor !== undefined && !(monitor instanceof MockMonitor);
}

const greeting = perProgram(async (): Promise<void> => {
  try {
    await programClient().greet();
  } catch (error) {
    // Pulumi reports it once and ends the program; a resource that failed with it would say it once more
    void Promise.reject(programError(messageOf(error)));
    await new Promise(() => undefined);
  }
});
