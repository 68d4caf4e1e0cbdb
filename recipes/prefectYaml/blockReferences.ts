import type { Entry, Tree } from "../yaml/tree";
import type { Notes } from "./notes";
import { isGiven } from "./reading";

/** Says of each `$ref` to a block that it stays, since Prefect puts the block's data in its place at the deploy. */
export function noteReferences(tree: Tree, notes: Notes): void {
  if (tree.kind === "scalar") return;
  if (tree.kind === "list") {
    for (const item of tree.items) noteReferences(item, notes);
    return;
  }
  const reference = tree.entries.get("$ref");
  if (namesBlock(reference)) {
    notes.add(
      reference.at,
      "prefect deploy puts the data of the block that $ref names in its place, and here it stays as it is; " +
        "write {{ prefect.blocks.<type>.<name> }}",
    );
    return;
  }
  for (const { value } of tree.entries.values()) noteReferences(value, notes);
}

function namesBlock(reference: Entry | undefined): reference is Entry {
  return reference?.value.kind === "mapping" && isGiven(reference.value.entries.get("block_document_id"));
}
