let current: string | undefined;

/** The folder to which a program's relative paths belong. @default that in which it runs */
export function programFolder(): string {
  return current ?? process.cwd();
}

/** What is made while the function runs belongs to a folder, wherever the program runs. */
export function inProgramFolder<Made>(folder: string, make: () => Made): Made {
  const before = current;
  current = folder;
  try {
    return make();
  } finally {
    current = before;
  }
}
