import type { Problem } from "../../model/migration.ts";
import type { MigrationNode } from "./migration-file.ts";

export interface Graph {
  /** In the order in which `migrate` runs them on an empty database. */
  readonly plan: readonly MigrationNode[];
  /** Direct parents of each migration of the plan, by id. */
  readonly parents: ReadonlyMap<string, readonly string[]>;
}

/** Python compares tuples of strings by code point. */
function byKey(a: MigrationNode, b: MigrationNode): number {
  if (a.app !== b.app) return a.app < b.app ? -1 : 1;
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
}

/**
 * Django's `MigrationLoader.build_graph` and the executor's plan for all leaves. A squash stands for what it replaces unless some of
 * that, but not all, is in `applied`.
 */
export function buildGraph(
  nodes: readonly MigrationNode[],
  knownApps: ReadonlySet<string>,
  applied: ReadonlySet<string>,
  problems: Problem[],
): Graph {
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const standsFor = new Map<string, MigrationNode>();
  const gone = new Set<string>();
  for (const node of nodes) {
    if (node.replaces.length === 0) continue;
    const done = node.replaces.filter((id) => applied.has(id)).length;
    const usable = done === 0 || done === node.replaces.length;
    if (usable) for (const id of node.replaces) standsFor.set(id, node);
    else if (node.replaces.every((id) => byId.has(id))) gone.add(node.id);
  }
  const live = nodes.filter((n) => !gone.has(n.id) && !standsFor.has(n.id));
  const resolveId = (id: string): MigrationNode | null => {
    let node: MigrationNode | undefined = standsFor.get(id) ?? byId.get(id);
    for (let i = 0; node !== undefined && standsFor.has(node.id) && i < 100; i++) node = standsFor.get(node.id);
    return node !== undefined && !gone.has(node.id) ? node : null;
  };
  const parents = new Map<MigrationNode, Set<MigrationNode>>(live.map((n) => [n, new Set()]));
  const ofApp = new Map<string, MigrationNode[]>();
  for (const node of live) {
    const list = ofApp.get(node.app) ?? [];
    list.push(node);
    ofApp.set(node.app, list);
  }
  const find = (app: string, name: string): MigrationNode | null => {
    if (name !== "__first__" && name !== "__latest__") return resolveId(`${app}.${name}`);
    const all = ofApp.get(app) ?? [];
    const inner = (n: MigrationNode): boolean => n.dependencies.some((d) => d.app === app && d.name !== "__first__");
    if (name === "__first__") return all.filter((n) => !inner(n)).toSorted(byKey)[0] ?? all.toSorted(byKey)[0] ?? null;
    const needed = new Set(all.flatMap((n) => n.dependencies.filter((d) => d.app === app).map((d) => resolveId(`${app}.${d.name}`))));
    return (
      all
        .filter((n) => !needed.has(n))
        .toSorted(byKey)
        .at(-1) ?? null
    );
  };
  for (const node of nodes) {
    if (gone.has(node.id)) continue;
    const child = standsFor.get(node.id) === undefined ? node : resolveId(node.id);
    if (child === null) continue;
    for (const dependency of node.dependencies) {
      if (dependency.app === node.app && dependency.name === "__first__") continue;
      const parent = find(dependency.app, dependency.name);
      if (parent === null) {
        if (node.builtIn) continue;
        reportMissing(node, dependency, knownApps, problems);
      } else if (parent !== child) parents.get(child)?.add(parent);
    }
    for (const before of node.runBefore) {
      const later = find(before.app, before.name);
      if (later === null) {
        if (!node.builtIn) reportMissing(node, before, knownApps, problems);
      } else if (later !== child) parents.get(later)?.add(child);
    }
  }
  const broken = findCycles(live, parents, problems);
  const sound = live.filter((n) => !broken.has(n));
  const children = new Map<MigrationNode, MigrationNode[]>();
  for (const [child, list] of parents) {
    if (broken.has(child)) continue;
    for (const parent of list) children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const leaves = sound.filter((n) => (children.get(n) ?? []).every((c) => c.app !== n.app)).toSorted(byKey);
  reportLeaves(leaves, problems);
  reportNumbers(sound, problems);
  return {
    plan: planFor(leaves, parents, broken),
    parents: new Map(sound.map((n) => [n.id, [...(parents.get(n) ?? [])].toSorted(byKey).map((p) => p.id)])),
  };
}

/** The executor's plan: each leaf in order, its parents before it (`MigrationGraph.iterative_dfs`). */
function planFor(
  leaves: readonly MigrationNode[],
  parents: ReadonlyMap<MigrationNode, ReadonlySet<MigrationNode>>,
  broken: ReadonlySet<MigrationNode>,
): readonly MigrationNode[] {
  const plan = new Set<MigrationNode>();
  for (const leaf of leaves) {
    const visited = new Set<MigrationNode>();
    const stack: (readonly [MigrationNode, boolean])[] = [[leaf, false]];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const [node, processed] = top;
      if (visited.has(node) || broken.has(node)) continue;
      if (processed) visited.add(node);
      // What an earlier leaf has brought into the plan is there with all of its parents.
      else if (!plan.has(node)) {
        stack.push([node, true]);
        for (const parent of [...(parents.get(node) ?? [])].toSorted(byKey)) stack.push([parent, false]);
      }
    }
    for (const node of visited) plan.add(node);
  }
  return [...plan];
}

/** Migrations that depend on themselves, and all that depend on those: they cannot be ordered. */
function findCycles(
  nodes: readonly MigrationNode[],
  parents: ReadonlyMap<MigrationNode, ReadonlySet<MigrationNode>>,
  problems: Problem[],
): ReadonlySet<MigrationNode> {
  const waiting = new Map<MigrationNode, number>();
  const children = new Map<MigrationNode, MigrationNode[]>();
  for (const node of nodes) {
    const own = [...(parents.get(node) ?? [])];
    waiting.set(node, own.length);
    for (const parent of own) {
      const list = children.get(parent) ?? [];
      list.push(node);
      children.set(parent, list);
    }
  }
  const ready = nodes.filter((n) => waiting.get(n) === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    waiting.delete(node);
    for (const child of children.get(node) ?? []) {
      const left = (waiting.get(child) ?? 0) - 1;
      waiting.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
  const broken = new Set(waiting.keys());
  const reported = new Set<MigrationNode>();
  for (const start of [...broken].toSorted(byKey)) {
    const path: MigrationNode[] = [];
    let node: MigrationNode | undefined = start;
    while (node !== undefined && !path.includes(node) && !reported.has(node)) {
      path.push(node);
      node = [...(parents.get(node) ?? [])].find((p) => broken.has(p));
    }
    if (node === undefined || reported.has(node)) {
      for (const seen of path) reported.add(seen);
      continue;
    }
    const cycle = path.slice(path.indexOf(node));
    for (const seen of path) reported.add(seen);
    const first = cycle[0];
    problems.push({
      code: "cycle",
      message: `migrations depend on each other in a circle: ${[...cycle, node].map((n) => n.id).join(" → ")} (${cycle.map((n) => n.module.display).join(", ")})`,
      help: "Remove one of these dependencies. Django refuses to run any migration until then.",
      span: first?.dependencies.find((d) => cycle.some((n) => n.app === d.app && n.name === d.name))?.span ?? first?.span ?? null,
      fatal: true,
    });
  }
  return broken;
}

function reportMissing(
  node: MigrationNode,
  dependency: MigrationNode["dependencies"][number],
  knownApps: ReadonlySet<string>,
  problems: Problem[],
): void {
  if (knownApps.has(dependency.app)) {
    problems.push({
      code: "missing-parent",
      message: `${node.id} depends on ${dependency.app}.${dependency.name}, which does not exist`,
      help: `Check the name, or add the missing file to ${dependency.app}'s migrations folder. Django stops with NodeNotFoundError here.`,
      span: dependency.span,
      fatal: true,
    });
  } else if (!problems.some((p) => p.code === "unknown-app" && p.message.startsWith(`the app \`${dependency.app}\``))) {
    problems.push({
      code: "unknown-app",
      message: `the app \`${dependency.app}\` is not in the repository: its migrations cannot be read`,
      help: "Its tables are taken to exist, with bigint keys where something refers to them.",
      span: dependency.span,
      fatal: false,
    });
  }
}

function reportLeaves(leaves: readonly MigrationNode[], problems: Problem[]): void {
  for (const app of new Set(leaves.map((l) => l.app))) {
    const own = leaves.filter((l) => l.app === app);
    const last = own.at(-1);
    if (own.length < 2 || last === undefined) continue;
    problems.push({
      code: "two-leaves",
      message: `app \`${app}\` has ${own.length} last migrations: ${own.map((l) => l.name).join(", ")}`,
      help: "`migrate` refuses to run like this. Run `python manage.py makemigrations --merge`, or make one depend on the other.",
      span: last.span,
      fatal: false,
    });
  }
}

function reportNumbers(nodes: readonly MigrationNode[], problems: Problem[]): void {
  const seen = new Map<string, MigrationNode>();
  for (const node of nodes.toSorted(byKey)) {
    const number = /^\d+/.exec(node.name)?.[0];
    if (number === undefined || node.builtIn) continue;
    const key = `${node.app}.${number}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, node);
    else {
      problems.push({
        code: "duplicate-number",
        message: `${first.id} and ${node.id} have the same number`,
        help: "Django orders by dependencies, not by numbers, so this runs; renumber one of them before it is released to keep the list readable.",
        span: node.span,
        fatal: false,
      });
    }
  }
}
