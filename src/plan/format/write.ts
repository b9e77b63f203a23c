import type { Plan } from "../types.ts";

/** A plan as the YAML that `readPlan` reads. Operations stand on one line each: people read the SQL, emitters the operations. */
export async function planYaml(plan: Plan): Promise<string> {
  const { Document, isMap, isSeq, visit } = await import("yaml");
  const document = new Document(plan);
  document.commentBefore = [
    ` ${plan.change}`,
    " Phases run in order; each waits for its `opens`. `tread apply` runs those that are open and stops at the next deploy.",
  ].join("\n");
  visit(document, {
    Pair(_, pair) {
      const key = (pair.key as { value?: unknown } | null)?.value;
      if (key === "operations" && isSeq(pair.value)) for (const item of pair.value.items) if (isMap(item)) item.flow = true;
      if ((key === "majors" || key === "from") && (isSeq(pair.value) || isMap(pair.value))) pair.value.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}
