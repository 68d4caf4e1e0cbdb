import type { PrefectClient } from "../../api/client";
import { messageOf, PartialFailure } from "../../api/errors";
import { isEqual } from "../../api/json";
import { path } from "../../api/path";
import type { DeploymentSchedule } from "../../api/prefect";
import { aList } from "../../api/shape";
import type { Change } from "../../engine/kind";
import type { ScheduleArgs } from "../../schedule/schedule";
import { scheduleFromApi, schedulesAsAsked, scheduleToApi, slugsOf } from "../../schedule/scheduleApi";
import type { OwnArgs } from "./deployment";
import type { DueRuns } from "./dueRuns";

/**
 * Changes schedules one by one, found by their slugs, so that what stays keeps its id and its runs: Prefect's own ways to
 * change them all at once delete and remake them, which makes runs twice. Only what the state knew is deleted. An interruption at any
 * point leaves what the next call goes on from.
 */
export async function reconcileSchedules(
  client: PrefectClient,
  id: string,
  { olds, news }: Pick<Change<OwnArgs>, "olds" | "news">,
  due: DueRuns,
): Promise<void> {
  const schedules = path`/deployments/${id}/schedules`;
  const wanted = news.schedules ?? [];
  const existing = await finishRenewals(client, schedules, await found(client, schedules, olds.schedules, wanted));
  const known = (olds.schedules ?? []).map(({ slug }) => slug);
  const gone = existing.filter(({ slug }) => known.includes(slug ?? undefined) && !wanted.some((w) => w.slug === slug));
  const cleared: { before: Found; schedule: ScheduleArgs }[] = [];
  const added: ScheduleArgs[] = [];
  for (const schedule of wanted) {
    const before = existing.find(({ slug }) => slug === schedule.slug);
    if (!before) {
      added.push(schedule);
      continue;
    }
    const isCleared = wasCleared(schedule, olds);
    if (isEqual(schedulesAsAsked([scheduleFromApi(before)], [schedule]), [schedule]) && !isCleared) continue;
    if (before.max_scheduled_runs !== null && schedule.maxScheduledRuns === undefined && isCleared) {
      cleared.push({ before, schedule });
      continue;
    }
    const { slug, ...body } = scheduleToApi(schedule);
    if (!before.hadSlug) body.slug = slug;
    // Prefect clears the parameters when they are left out, also those that this program doesn't manage
    const parameters = schedule.parameters ?? (isCleared ? {} : before.parameters);
    await client.patch(`${schedules}/${before.id}`, { ...body, parameters });
  }
  if (added.length > 0) await client.post(schedules, added.map(scheduleToApi), aList);
  if (gone.length + cleared.length === 0) return;

  // a deletion takes late runs along, also those of the other schedules
  await due.keepLate((scheduleId) => gone.some((schedule) => schedule.id === scheduleId));
  for (const { before, schedule } of cleared) await renew(client, schedules, before, schedule);
  for (const schedule of gone) await client.delete(`${schedules}/${schedule.id}`);
}

/** A schedule of the server, by the slug that the program knows it by. */
type Found = DeploymentSchedule & { hadSlug: boolean };

/** @param known what the slugs are taken from of those that have none; what is taken over has none in the state */
async function found(
  client: PrefectClient,
  schedules: string,
  ...known: (ScheduleArgs[] | undefined)[]
): Promise<Found[]> {
  const all = (await client.list<DeploymentSchedule>(schedules)) ?? [];
  const named = known.reduce<ScheduleArgs[]>((server, ones = []) => {
    const slugs = slugsOf(server, ones);
    return server.map((schedule, i) => ({ ...schedule, slug: slugs[i] }));
  }, all.map(scheduleFromApi));
  return all.map((schedule, i) => ({ ...schedule, slug: named[i]?.slug ?? null, hadSlug: schedule.slug !== null }));
}

/** The slug of a schedule that is about to take the place of another one, and whether that one was active. */
const renewal = /^(.*)--renewed-(active|paused)$/s;

/**
 * Makes a schedule anew, as Prefect can't remove its limit of runs: it ignores a null. The new one is paused, under a slug that says what it is
 * for until the old one is gone.
 */
async function renew(client: PrefectClient, schedules: string, before: Found, schedule: ScheduleArgs): Promise<void> {
  const state = (schedule.active ?? before.active) ? "active" : "paused";
  const resting = { ...scheduleToApi(schedule), slug: `${schedule.slug}--renewed-${state}`, active: false };
  await client.post(schedules, [resting], aList);
  await client.delete(`${schedules}/${before.id}`);
  await finishRenewals(client, schedules, await found(client, schedules));
}

/** Brings each renewal that was begun to its end; one whose old schedule is still there begins again. */
async function finishRenewals(client: PrefectClient, schedules: string, existing: Found[]): Promise<Found[]> {
  const finished: Found[] = [];
  for (const schedule of existing) {
    const [, slug, state] = renewal.exec(schedule.slug ?? "") ?? [];
    if (slug === undefined) finished.push(schedule);
    else if (existing.some((other) => other.slug === slug)) await client.delete(`${schedules}/${schedule.id}`);
    else {
      const active = state === "active";
      await client.patch(`${schedules}/${schedule.id}`, { slug, active, parameters: schedule.parameters });
      finished.push({ ...schedule, slug, active });
    }
  }
  return finished;
}

/**
 * Whether the program has removed an argument of the schedule, which then goes back to Prefect's default. The anchor of an interval always
 * has a value, and is told from the server's.
 */
function wasCleared(schedule: ScheduleArgs, olds: Partial<OwnArgs>): boolean {
  const before = olds.schedules?.find(({ slug }) => slug === schedule.slug) ?? {};
  return Object.keys(before).some((key) => !(key in schedule) && key !== "anchorDate");
}

/** The deployment is there, whatever becomes of its schedules: the state keeps those it knew, and the slugs of those that may be there. */
export async function keepingSchedules(
  id: string,
  { news, olds }: Pick<Change<OwnArgs>, "news" | "olds">,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const known = olds.schedules ?? [];
    const added = (news.schedules ?? []).filter(({ slug }) => !known.some((schedule) => schedule.slug === slug));
    const schedules = [...known, ...added.map(({ slug }) => ({ slug }))];
    throw new PartialFailure(id, { schedules }, `its schedules could not be set: ${messageOf(error)}`);
  }
}
