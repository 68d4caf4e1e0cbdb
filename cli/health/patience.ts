import type { Patience } from "../../provider/api/patience";

/** How long a server is waited for: who looks wants an answer. */
export const patienceOfLooks: Partial<Patience> = { total: 10_000, firstContact: 2_000 };
