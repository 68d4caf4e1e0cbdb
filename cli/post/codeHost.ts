/** A comment of a pull request. */
export interface Comment {
  id: string;
  text: string;
  /** Who wrote it, as `me` says it; undefined where the account is gone. */
  author?: string;
}

/** What a check on a commit says. */
export interface CheckResult {
  /** By which it is told from those of other stacks. */
  name: string;
  isGood: boolean;
  description: string;
}

/** One pull request, or merge request, on the host of its code. */
export interface CodeHost {
  /** What the host calls itself. */
  name: string;
  /** How long a comment may be, in characters. */
  limit: number;
  /** All comments, oldest first. */
  comments(): Promise<Comment[]>;
  /** Whose the token is. */
  me(): Promise<string>;
  /** A text that does nothing but be shown there. */
  harmless(text: string): string;
  /** @throws LostAnswer when it may have been made */
  create(text: string): Promise<void>;
  /** @throws Refusal, with 404 when it is gone */
  update(id: string, text: string): Promise<void>;
  /** @throws Refusal, with 404 when it is gone */
  remove(id: string): Promise<void>;
  /** Sets the result of a check, unless it is there already; nothing where the commit isn't known. */
  check(result: CheckResult): Promise<void>;
  /** Why a comment can't be written by anybody's mistake, such as that the pull request is from a fork; undefined when it should be possible. */
  readOnly?: string;
}
