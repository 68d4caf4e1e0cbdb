/** An error as AWS gives it, for what moto doesn't refuse. */
export class AwsError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}
