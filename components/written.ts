/** Where a deployment is written that comes from a file, for messages. */
export interface Written {
  /** Places in the file by what is written there, in Pulumi's notation of properties; the whole by "". */
  places: Record<string, string>;
  /** What messages don't show, as it may be a credential: each a path in the notation of JSON pointers. */
  unshown: string[];
}

const key = Symbol("written");

/** A deployment that knows where it is written. */
export function writtenAt<Deployment extends object>(deployment: Deployment, written: Written): Deployment {
  return { ...deployment, [key]: written };
}

/** The same, of data that is to look as if somebody had written it: a copy knows nothing of it. */
export function knowingWhere<Deployment extends object>(deployment: Deployment, written: Written): Deployment {
  return Object.defineProperty({ ...deployment }, key, { value: written, enumerable: false });
}

/** Where a deployment is written, if that is a file. */
export function whereWritten(deployment: object): Written | undefined {
  return (deployment as { [key]?: Written })[key];
}
