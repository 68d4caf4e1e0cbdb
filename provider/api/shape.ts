/** The least that an answer of Prefect's API must be, to be believed. */
export interface Shape {
  holds(json: unknown, status: number): boolean;
  /** What messages call it. */
  what: string;
}

/** One object. */
export const withId: Shape = {
  holds: (json) => typeof json === "object" && json !== null && typeof (json as { id?: unknown }).id === "string",
  what: "an object with an id",
};

/** Several objects. */
export const aList: Shape = {
  holds: (json) => Array.isArray(json) && json.every((item) => typeof item === "object" && item !== null),
  what: "a list of objects",
};

export const aText: Shape = { holds: (json) => typeof json === "string", what: "a text" };

export const aCount: Shape = { holds: (json) => Number.isInteger(json), what: "a number" };

/** What Prefect says to a change or a deletion. */
export const nothing: Shape = { holds: (json, status) => status === 204 || json === null, what: "204, no content" };
