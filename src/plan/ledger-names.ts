/** How a plan stands in the ledger (docs/ledger.md): its name as the source, `phase/step` as the migration. */
export function ledgerSource(plan: string): string {
  return `plan:${plan}`;
}

export function stepKey(phase: string, step: string): string {
  return `${phase}/${step}`;
}
