/** How the layers that each method prunes are stored; "dense" where whole channels leave and stock operators remain. */

import type { PruneOptions } from "./options/types.js";
import type { Storage } from "./pruned-model.js";

export const methodStorage: Readonly<Record<PruneOptions["method"], Storage | "dense">> = {
  filterlet: "blocks",
  taylor: "blocks",
  "filter-l1": "dense",
  chip: "dense",
  patdnn: "patterns",
  unstructured: "csr",
};
