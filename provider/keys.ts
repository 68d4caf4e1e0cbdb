/** The key under which Pulumi keeps the text of a dynamic resource's provider among its inputs. */
export const providerKey = "__provider";
/** The key under which the program passes hints to `check`; they are not stored. */
export const hintsKey = "__hints";
