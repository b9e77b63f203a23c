/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`: optimal string alignment, a Levenshtein distance that
 * counts a transposition as one, because `failON` and `enviroment` are what people type. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? a.length;
}

/** The known name that the reader most likely meant, or null when none is close. Case, `_` and `-` do not count as differences. */
export function nearest(name: string, known: readonly string[]): string | null {
  const flat = (text: string): string => text.toLowerCase().replace(/[-_ ]/g, "");
  const wanted = flat(name).slice(0, 64);
  let best: string | null = null;
  let bestDistance = Math.max(wanted.length <= 3 ? 1 : 2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const flatCandidate = flat(candidate);
    const startsSame = wanted.length >= 3 && (flatCandidate.startsWith(wanted) || wanted.startsWith(flatCandidate));
    const distance = startsSame ? 1 : editDistance(wanted, flatCandidate);
    // For very short names two edits turn anything into anything.
    if (distance < bestDistance && distance < Math.max(flatCandidate.length, 2)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
