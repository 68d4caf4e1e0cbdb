/** What the machine is to call when it starts. */
export interface StartCall {
  /** What is said of it. */
  description: string;
  /** The program and its arguments. */
  words: string[];
  variables: Record<string, string>;
  /** Without this file there is nothing to call. */
  file: string;
}

/** Between two tries, in seconds: the server may start later, or be out of reach. */
export const retryPause = 60;
