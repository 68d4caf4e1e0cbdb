import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { writeAtomically } from "../../../processes/atomicWrite";
import { identityOf, isRunning, type ProcessIdentity } from "../../../processes/localProcess";
import { stateFolder } from "../../../processes/stateFolder";
import type { PrefectClient } from "../../api/client";
import { messageOf } from "../../api/errors";
import { path as urlPath } from "../../api/path";
import { patienceOf } from "../../api/patience";
import type { DeploymentResponse, FlowRunResponse } from "../../api/prefect";
import { nothing } from "../../api/shape";
import { serverAddress } from "../../engine/server";

/** What a change of a deployment is about to delete. */
interface Endangered {
  /** When the change began, on the server's clock; ISO 8601. */
  since: string;
  /** When runs were due that hadn't begun then, and that the change doesn't mean to delete. */
  late: string[];
}

/** The same as it is written down. */
interface Recorded extends Endangered {
  /** The process that makes the change; undefined when it has left the runs to others, and of earlier versions. */
  process?: ProcessIdentity;
}

/** After how many milliseconds it is too late to make runs that an interrupted change has deleted. */
const tooLate = 24 * 60 * 60_000;
/** How long after the end of a request's patience Prefect's scheduler has surely made runs again, in milliseconds. */
const grace = 3 * 60_000;

/**
 * The runs of a deployment that are due while it is changed. Prefect deletes the future runs at each such request, and its scheduler makes new
 * ones some seconds later, from then on. So the runs are asked for at once, from just before the first request; those that are there are not
 * made twice, as Prefect gives each a key of its schedule and time (models/deployments.py). Also after a failure: what was deleted, was.
 * And after a crash: what the change is about to delete is written down first, for whoever comes next on this machine. While the process
 * that makes the change is running, others leave that alone.
 *
 * Nothing is asked for a deployment that is paused, as Prefect would make its runs nevertheless; Prefect itself leaves out inactive schedules.
 */
export class DueRuns {
  private readonly file: string;
  /** The name that earlier versions gave to the file. */
  private readonly formerFile: string;
  /** What the change that is under way here is about to delete. */
  private endangered?: Endangered;

  constructor(
    private readonly client: PrefectClient,
    private readonly id: string,
  ) {
    const { apiUrl } = client.connection;
    this.file = fileOf(serverAddress(apiUrl), id);
    this.formerFile = fileOf(apiUrl, id);
  }

  /** Does what changes the deployment, so that no run is lost that is due meanwhile. */
  async during<T>(change: () => Promise<T>): Promise<T> {
    await this.restore();
    const since = this.client.serverTime().toISOString();
    this.endanger({ since, late: [] });
    let result: T;
    try {
      result = await change();
    } catch (error) {
      await this.finish().catch((second: unknown) =>
        console.error(`runs that were due since ${since} are made by the next change: ${messageOf(second)}`),
      );
      throw error;
    }
    await this.finish();
    return result;
  }

  /**
   * Runs that should have begun by now and haven't, which the next request takes along.
   *
   * @param isMeant whether it is to delete those of a schedule
   */
  async keepLate(isMeant: (scheduleId: string) => boolean): Promise<void> {
    const { endangered } = this;
    if (!endangered) return;
    const runs = await this.client.filter<FlowRunResponse>("/flow_runs/filter", {
      deployments: { id: { any_: [this.id] } },
      flow_runs: {
        state: { type: { any_: ["SCHEDULED"] } },
        next_scheduled_start_time: { before_: this.client.serverTime().toISOString() },
      },
    });
    const late = runs
      .filter(({ auto_scheduled, run_count }) => auto_scheduled && run_count === 0)
      .filter(({ created_by }) => !created_by?.id || !isMeant(created_by.id))
      .flatMap(({ expected_start_time: at }) => at ?? []);
    this.endanger({ ...endangered, late: [...new Set(late)] });
  }

  /**
   * Makes the runs again that an earlier change has deleted and didn't mean to, when it was interrupted. Those that were due once Prefect's
   * scheduler was at work again are its own affair: it may have made none since, as of a deployment that was paused for some hours.
   */
  async restore(): Promise<void> {
    const recorded = this.recorded();
    if (!recorded || isUnderWay(recorded)) return;
    const since = Date.parse(recorded.since);
    if (this.client.serverTime().getTime() - since < tooLate) {
      await this.schedule(recorded, new Date(since + patienceOf().total + grace).toISOString());
    }
    this.forget();
  }

  /** The deployment is gone, or has all its runs. */
  forget(): void {
    if (this.isOfAnother()) return;
    for (const file of [this.file, this.formerFile]) fs.rmSync(file, { force: true });
  }

  /** Makes the runs again that the change under way has deleted; what fails is left to whoever comes next. */
  private async finish(): Promise<void> {
    const { endangered } = this;
    if (!endangered) return;
    this.endangered = undefined;
    try {
      await this.schedule(endangered);
    } catch (error) {
      this.write(endangered);
      throw error;
    }
    this.forget();
  }

  private endanger(endangered: Endangered): void {
    this.endangered = endangered;
    this.write({ ...endangered, process: identityOf(process.pid) });
  }

  /** @param until when the last run was due, in ISO 8601; without, as many are made as Prefect's scheduler makes at a time */
  private async schedule({ since, late }: Endangered, until?: string): Promise<void> {
    const deployment = await this.client.find<DeploymentResponse>(urlPath`/deployments/${this.id}`);
    if (!deployment || deployment.paused || !deployment.schedules.some(({ active }) => active)) return;
    const schedule = urlPath`/deployments/${this.id}/schedule`;
    for (const at of late) {
      await this.client.post(schedule, { start_time: at, end_time: at, min_runs: 1, max_runs: 1 }, nothing);
    }
    await this.client.post(schedule, { start_time: since, end_time: until }, nothing);
  }

  /** What another change has written before, and is still under way, stays: its runs are due since an earlier time. */
  private write(recorded: Recorded): void {
    if (this.isOfAnother()) return;
    fs.mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 });
    writeAtomically(this.file, JSON.stringify(recorded));
  }

  private isOfAnother(): boolean {
    const recorded = this.recorded();
    return recorded?.process?.pid !== process.pid && isUnderWay(recorded);
  }

  private recorded(): Recorded | undefined {
    const file = [this.file, this.formerFile].find((file) => fs.existsSync(file));
    try {
      return file === undefined ? undefined : (JSON.parse(fs.readFileSync(file, "utf8")) as Recorded);
    } catch {
      // one that is broken says nothing
      return undefined;
    }
  }
}

function fileOf(server: string, id: string): string {
  const name = createHash("sha256")
    .update(JSON.stringify([server, id]))
    .digest("hex");
  return path.join(stateFolder("due-runs"), `${name.slice(0, 32)}.json`);
}

/** Whether the process of a change is still running. */
function isUnderWay(recorded: Recorded | undefined): boolean {
  return recorded?.process ? isRunning(recorded.process) : false;
}
