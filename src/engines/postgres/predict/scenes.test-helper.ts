import type { Scene } from "./scenes/scene.test-helper.ts";
import { addingColumns } from "./scenes/adding-columns.test-helper.ts";
import { droppingAndRenaming } from "./scenes/dropping-and-renaming.test-helper.ts";
import { changingTypes } from "./scenes/changing-types.test-helper.ts";
import { constraints } from "./scenes/constraints.test-helper.ts";
import { indexesAndTables } from "./scenes/indexes-and-tables.test-helper.ts";
import { partitions } from "./scenes/partitions.test-helper.ts";
import { writingRows } from "./scenes/writing-rows.test-helper.ts";
import { domains } from "./scenes/domains.test-helper.ts";
import { asDjangoAndOtherToolsWriteIt } from "./scenes/as-django-and-other-tools-write-it.test-helper.ts";

export const SCENES: readonly Scene[] = [
  addingColumns,
  droppingAndRenaming,
  changingTypes,
  constraints,
  indexesAndTables,
  partitions,
  writingRows,
  domains,
  asDjangoAndOtherToolsWriteIt,
];
