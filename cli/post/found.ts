/** What CI's environment tells, or why it doesn't. */
export type Found<Place> = { place: Place } | { nothing: string };
