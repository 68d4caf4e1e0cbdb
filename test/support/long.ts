/** Whether `npm run test:long` runs. */
export const isLong = process.env.META_PREFECT__LONG !== undefined;

/**
 * A test of what others show as well, in more cases or at more moments. `npm run test:long` runs it, beside those of `test/long`;
 * `npm test`, which is to end within half an hour, leaves it out.
 */
export const long: (title: string, test: Mocha.AsyncFunc) => void = isLong ? it : () => undefined;
