/** How the files of a flow's code differ from those of a commit, as git tells. */
export interface CodeChange {
  /** What the commit is: "main", a version that is deployed, or the like. */
  base: string;
  /** Short hash of the commit. */
  commit: string;
  /** Whether the commit is what is deployed, by the deployment's version. */
  isDeployed: boolean;
  /** The files that differ, in the order of their names; none when what is deployed is of another commit. */
  files: ChangedFile[];
}

/** A file that differs. */
export interface ChangedFile {
  /** Its path below the top of the repository. */
  name: string;
  added: number;
  removed: number;
  /** Whether the commit hasn't got it. */
  isNew?: boolean;
  /** Whether it is the same but for comments and layout. */
  isSame?: boolean;
}
