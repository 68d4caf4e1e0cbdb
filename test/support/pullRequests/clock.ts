/**
 * Loaded before a program (`node --require`): it is the moment that `CLOCK` says when the program starts, and time goes on from there. So what
 * is said of coming runs can be stored.
 */
const Real = Date;
const ahead = Real.parse(process.env.CLOCK ?? "") - Real.now();

class Clock extends Real {
  constructor(...given: [] | [value: string]) {
    super(...((given.length === 0 ? [Clock.now()] : given) as [value: string]));
  }

  static override now(): number {
    return Real.now() + ahead;
  }
}

globalThis.Date = Clock as unknown as DateConstructor;
