/** The result, or nothing if AWS says that there is no such thing. */
export async function unlessGone<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (
      /^(NotFound|NoSuch\w+|NotFoundException|ResourceNotFoundException)$|NotFoundError$/.test((error as Error).name)
    ) {
      return undefined;
    }
    throw error;
  }
}
