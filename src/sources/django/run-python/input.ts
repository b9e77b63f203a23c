import type { Files } from "../../source.ts";
import type { PyNode, PythonModule } from "../python.ts";
import type { ProjectState } from "../state.ts";
import type { PyValue } from "../values.ts";

/** What `readRunPython` is given: the code of one `RunPython` and the models as they are when it runs. */
export interface RunPythonInput {
  /** The module that holds the code: the migration file, or the module of the repository that it was imported from. */
  readonly module: PythonModule;
  /**
   * The code: a `function_definition` (or `decorated_definition`) or `lambda` node. Null when it could not be found in the
   * repository (imported from a package): then the facts are opaque, with `functionName` in the reason.
   */
  readonly code: PyNode | null;
  /** `copy_names`, `lambda`, or a dotted path (`app.utils.backfill`). */
  readonly functionName: string;
  readonly files: Files;
  /** The migration's app. */
  readonly appLabel: string;
  /** What `apps.get_model(…)` sees. */
  readonly stateBefore: ProjectState;
  /** Whether the migration runs in one transaction; false: each statement by itself unless the code says `atomic`. */
  readonly atomic: boolean;
  /**
   * Schema-qualified table of a model: `tableOf("person.Person")`, any case. Null when the state has no such model. For a
   * many-to-many field see `relation.joinTable` of the field.
   */
  readonly tableOf: (label: string) => string | null;
  /** A name of a module's top level, followed through imports inside of the repository: functions, classes, constants. */
  readonly lookup: (module: PythonModule, name: string) => PyValue;
  /** Evaluates an expression of a module statically; what cannot be told is `unknown` with a reason. */
  readonly evaluate: (node: PyNode) => PyValue;
}
