/** The key under which Pulumi keeps the text of a dynamic resource's provider among its inputs. */
export const providerKey = "__provider";
/** The key under which the program passes hints to `check`; they are not stored. */
export const hintsKey = "__hints";
/** The key of the server's address that a resource lives on, among its inputs and outputs. */
export const serverKey = "server";
/** The key of the names of the arguments that were given as secrets, among inputs and outputs; there only when there are any. */
export const secretsKey = "__secrets";
