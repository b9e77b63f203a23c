import { RECIPES } from "./recipes/index.ts";
import type { Misfit, PlanRequest, Recipe, Scene } from "./recipe.ts";
import { PlanTrouble } from "./trouble.ts";
import type { Phase, Plan } from "./types.ts";

/** The recipe for a request; null where there is none. */
export function recipeFor(request: PlanRequest, scene: Scene): Recipe | null {
  return RECIPES.find((recipe) => (request.recipe === null || recipe.id === request.recipe) && recipe.accepts(request, scene)) ?? null;
}

/** @throws PlanTrouble where no recipe is for the change, or the one that is does not fit, with every reason */
export function makePlan(request: PlanRequest, scene: Scene): Plan {
  const recipe = recipeFor(request, scene);
  if (recipe === null) throw new PlanTrouble(`${request.words}: there is no recipe for this change`, helpWithout(request));
  const misfits = recipe.fits(request, scene);
  if (misfits.length > 0) throw refusal(request, recipe, misfits);
  const { about, phases, notes, unsafe } = recipe.plan(request, scene);
  return {
    format: "tread.plan/1",
    name: kebab([recipe.id, ...about].join("-")),
    database: recipe.database,
    change: request.words,
    from: request.from,
    recipe: recipe.id,
    majors: scene.majors,
    unsafe: unsafe ?? request.sql,
    phases: settled(phases),
    notes,
  };
}

/** Names of steps as the format wants them, each once. Conditions go on naming the same step. */
function settled(phases: readonly Phase[]): readonly Phase[] {
  const taken = new Set<string>();
  return phases.map((phase) => ({
    ...phase,
    opens: phase.opens.map((condition) => (condition.when === "released" ? { ...condition, step: kebab(condition.step) } : condition)),
    steps: phase.steps.map((step) => {
      const base = kebab(step.name);
      let name = base;
      for (let n = 2; taken.has(name); n++) name = `${base}-${n}`;
      taken.add(name);
      return { ...step, name };
    }),
  }));
}

function helpWithout({ recipe }: PlanRequest): string {
  return recipe === null
    ? "what has a recipe: `tread plan changes`; a change that is safe as it stands needs none: `tread check` says so"
    : `\`tread plan changes\` shows how ${recipe} is said`;
}

function refusal({ words }: PlanRequest, recipe: Recipe, [first, ...others]: readonly Misfit[]): PlanTrouble {
  const more = others.map(({ reason, help }) => `\n  and: ${reason}${help === "" ? "" : `\n  help: ${help}`}`).join("");
  return new PlanTrouble(`${words}: the recipe ${recipe.id} does not fit: ${first?.reason ?? ""}`, `${first?.help ?? ""}${more}`);
}

/** `not-null-person-email`: lower case, digits and dashes. */
export function kebab(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 80);
}
