import type { DjangoProject, MigrationNode } from "../../../sources/django/index.ts";
import { EmitRefused } from "../contract.ts";

/** The last migration of each app, as new ones are put behind it. */
export class Leaves {
  readonly #project: DjangoProject;
  /** The migration whose place the new ones take: nothing is put behind it. */
  readonly #without: MigrationNode | null;
  readonly #last = new Map<string, string>();
  readonly #numbers = new Map<string, number>();

  constructor(project: DjangoProject, origin: MigrationNode | null) {
    this.#project = project;
    // With other operations in it, it stays, without the one that the plan is for.
    this.#without = origin !== null && origin.operations.length === 1 && this.#isLeaf(origin) ? origin : null;
  }

  /** The name of the next migration of an app, and the id of the one it depends on. @throws EmitRefused */
  next(app: string, name: string): { readonly name: string; readonly after: string | null } {
    const after = this.#last.get(app) ?? this.#leaf(app);
    const own = this.#project.migrations.filter((node) => node.app === app && node !== this.#without);
    const numbers = own.flatMap((node) => /^(\d+)_/.exec(node.name)?.[1] ?? []);
    const number = (this.#numbers.get(app) ?? Math.max(0, ...numbers.map(Number))) + 1;
    const width = Math.max(4, ...numbers.map((text) => text.length));
    this.#numbers.set(app, number);
    const full = `${String(number).padStart(width, "0")}_${name}`;
    this.#last.set(app, `${app}.${full}`);
    return { name: full, after };
  }

  #isLeaf(node: MigrationNode): boolean {
    return !this.#project.migrations.some(
      (other) => other.app === node.app && other.dependencies.some((on) => on.app === node.app && on.name === node.name),
    );
  }

  #leaf(app: string): string | null {
    const own = this.#project.migrations.filter((node) => node.app === app && node !== this.#without);
    const replaced = new Set(own.flatMap((node) => node.replaces));
    const needed = new Set(own.flatMap((node) => node.dependencies.filter((on) => on.app === app).map((on) => `${app}.${on.name}`)));
    const leaves = own.filter((node) => !needed.has(node.id) && !replaced.has(node.id));
    if (leaves.length > 1)
      throw new EmitRefused(
        `the app ${app} has ${leaves.length} last migrations: ${leaves.map(({ name }) => name).join(", ")}`,
        "Django does not migrate either: bring them together with `makemigrations --merge` first",
      );
    return leaves[0]?.id ?? null;
  }
}
