import type { Tags } from "./awsType";

type Tag = { Key?: string; Value?: string };

/** Tags as most of AWS's services take them. */
export function tagList(tags: Tags = {}): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags as programs see them. */
export function tagsOf(list: Tag[] = []): Tags {
  return Object.fromEntries(list.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** The keys that are no longer wanted. */
export function removedTags(olds: Tags = {}, news: Tags = {}): string[] {
  return Object.keys(olds).filter((key) => !(key in news));
}
