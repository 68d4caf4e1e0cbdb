import * as path from "node:path";

/** The Python package `meta_prefect`, as this package carries it. */
export const packageFolder = path.join(__dirname, "..", "..", "..", "..", "python", "meta_prefect");

/** The files of it that the decorators of flows are: what a flow needs of it. */
export const packageFiles = ["__init__.py", "_decorators.py"];
