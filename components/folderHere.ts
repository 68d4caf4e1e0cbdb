const key = Symbol("folderHere");

/**
 * A deployment whose code is read in another folder than the program's. Any recipe takes the folder as its `path`; one that deploys what is
 * written knows that nobody wrote it.
 *
 * @param folder relative to the program's, or absolute
 */
export function readHere<Deployment extends object>(
  deployment: Deployment,
  folder: string,
): Deployment & { path: string } {
  return { ...deployment, path: folder, [key]: folder };
}

/** The path that a deployment has because its code is read there; undefined for one that is written. */
export function folderHere(deployment: { path?: string; [key]?: string }): string | undefined {
  return deployment.path === deployment[key] ? deployment.path : undefined;
}
