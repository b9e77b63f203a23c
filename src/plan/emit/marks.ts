/** What a written migration says of itself in its first comment: how tread knows it again in any tool's files. */
export interface Mark {
  readonly plan: string;
  readonly phase: string;
  readonly step: string;
}

const MARK = /^[ \t]*(?:--|#)[ \t]*tread plan ([a-z0-9][a-z0-9-]*), phase ([a-z0-9][a-z0-9-]*), step ([a-z0-9][a-z0-9-]*)[ \t]*\r?$/gm;

/** The mark as a sentence, without the comment's own sign. */
export function markOf({ plan, phase, step }: Mark): string {
  return `tread plan ${plan}, phase ${phase}, step ${step}`;
}

/** All marks of a file, in order. */
export function marksIn(text: string): readonly Mark[] {
  return [...text.matchAll(MARK)].map(([, plan = "", phase = "", step = ""]) => ({ plan, phase, step }));
}
