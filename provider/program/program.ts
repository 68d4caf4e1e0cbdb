import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import type { PrefectClient } from "../api/client";
import { type Connection, pageUrl, resolveAddress, resolveConnection } from "../api/connection";
import { messageOf, UnconfiguredError } from "../api/errors";
import { perProgram } from "./perProgram";
import { programError } from "./programError";

/** How long a preview waits for an answer, and for a server that isn't there, in milliseconds. */
const previewPatience = { total: 2_000, firstContact: 0 };

/**
 * The client of the program itself, as opposed to that of the resources, which live in a process of Pulumi's. A preview doesn't wait for a
 * server that isn't there.
 */
export const programClient = perProgram((): PrefectClient => {
  // loaded late: a preview seldom asks the server anything
  const loaded = require("../api/client") as typeof import("../api/client");
  return new loaded.PrefectClient(programConnection(), pulumi.runtime.isDryRun() ? { firstContact: 0 } : {});
});

/** The client of what a preview asks by itself: one that gives up soon, as a preview without a server is worth having. */
export const previewClient = perProgram((): PrefectClient => {
  const loaded = require("../api/client") as typeof import("../api/client");
  return new loaded.PrefectClient(programConnection(), previewPatience);
});

/** How the program itself is configured to reach Prefect. @throws ConnectionError when it isn't */
export function programConnection(): Connection {
  return resolveConnection((key) => pulumi.runtime.getConfig(key));
}

/** The address of a page in Prefect's UI; its path alone while no server is named, as a preview may be made without one. */
export function pageInProgram(page: string): string {
  try {
    return pageUrl({ apiUrl: resolveAddress((key) => pulumi.runtime.getConfig(key)) }, page);
  } catch {
    return page;
  }
}

/**
 * Asks the server, once in a program that is about to deploy, whether it is there and takes the credentials: that it doesn't is then one
 * error of the program, rather than one of each resource. A preview asks nothing; that its settings can't be used is an error of it too.
 */
export function greetServer(): Promise<void> | undefined {
  if (!hasEngine()) return undefined;
  return pulumi.runtime.isDryRun() ? checked() : greeting();
}

/** The stack that runs the program, as `<organization>/<project>/<stack>`. */
export function stackName(): string {
  return `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
}

/** Whether a real engine runs the program, as opposed to a unit test's mocks. */
export function hasEngine(): boolean {
  const monitor = getMonitor();
  return monitor !== undefined && !(monitor instanceof MockMonitor);
}

const checked = perProgram((): undefined => {
  try {
    programConnection();
  } catch (error) {
    if (!(error instanceof UnconfiguredError)) void Promise.reject(programError(messageOf(error)));
  }
});

const greeting = perProgram(async (): Promise<void> => {
  try {
    await programClient().greet();
  } catch (error) {
    // Pulumi reports it once and ends the program; a resource that failed with it would say it once more
    void Promise.reject(programError(messageOf(error)));
    await new Promise(() => undefined);
  }
});
