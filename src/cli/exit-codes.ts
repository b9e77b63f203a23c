/** Design section 6. With several: usage before incomplete before findings. */
export const EXIT = {
  ok: 0,
  findings: 1,
  usage: 2,
  incomplete: 3,
  /** `apply` stopped, safe to resume. */
  stopped: 4,
  /** `apply` failed and needs a person. */
  failed: 5,
} as const;
