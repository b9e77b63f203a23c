// The best key of a workload, found without the advisor. Every order of up to two elements, of three where there are few, the best of them
// with up to five, and every small change of the very best are built on a quarter of the rows, in granules of a quarter: as many marks as the
// whole table has. The best of those, and all that the advisor names, are then built on the whole table; what reads least there is the best.

const FINEST = 60;
const SHORTLIST = 30;
const LONGEST = 5;
const BUCKETS = ["toMonday", "toDate", "toStartOfHour"];

/** What keys are made of: the columns and expressions of the queries, and the buckets of every time among them. */
export function elementsOf(w) {
  const isTime = (column) => /Date/.test(w.columns[column]?.[0] ?? "");
  const nullable = (column) => /Nullable/.test(w.columns[column][0]);
  const isDay = (column) => /^(?:Nullable\()?Date(?:32)?\)?$/.test(w.columns[column][0]);
  const times = Object.keys(w.columns).filter(
    (column) => isTime(column) && w.elements.some((element) => columnsOf(element).includes(column)),
  );
  const buckets = times
    .filter((column) => !nullable(column))
    .flatMap((column) => BUCKETS.filter((bucket) => !isDay(column) || bucket === "toMonday").map((bucket) => `${bucket}(${column})`));
  return [...new Set([...w.elements, ...times, ...buckets])];
}

const columnsOf = (element) => element.match(/[a-z_]+\b(?!\()/g) ?? [];

/** An element orders nothing behind its own column, nor behind a finer bucket of it. */
function orders(prefix, element) {
  const order = ["toStartOfMonth", ...BUCKETS];
  const rank = (one) => (/^\w+$/.test(one) ? order.length : order.indexOf(one.slice(0, one.indexOf("("))));
  return prefix.every((earlier) => {
    if (earlier === element) return false;
    const [a, b] = [columnsOf(earlier), columnsOf(element)];
    if (a.length !== 1 || b.length !== 1 || a[0] !== b[0]) return true;
    return rank(earlier) === -1 || rank(element) === -1 ? !/^\w+$/.test(earlier) : rank(earlier) < rank(element);
  });
}

/**
 * @param screen measures a key on the quarter: its sum of frequency × marks
 * @param whole the same on all rows
 * @param named keys that the advisor names
 */
export async function bestKey({ elements, screen, whole, named, progress }) {
  const screened = new Map();
  const attempt = async (key) => {
    const id = key.join();
    if (!screened.has(id)) {
      screened.set(id, { key, ...(await screen(key)) });
      if (screened.size % 50 === 0) progress(`${screened.size} keys screened`);
    }
    return screened.get(id);
  };
  const ranked = () => [...screened.values()].sort((a, b) => a.sum - b.sum || a.key.length - b.key.length);
  const extended = (keys) => keys.flatMap((key) => elements.filter((element) => orders(key, element)).map((element) => [...key, element]));

  for (const key of extended([[]])) await attempt(key);
  for (const key of extended(elements.map((element) => [element]))) await attempt(key);
  for (let length = 3; length <= LONGEST; length++) {
    const width = length === 3 ? FINEST : Math.round(FINEST / length);
    const parents = ranked().filter(({ key }) => key.length === length - 1);
    for (const key of extended(parents.slice(0, length === 3 && elements.length <= 6 ? Infinity : width).map(({ key }) => key)).slice(
      0,
      400,
    ))
      await attempt(key);
  }
  for (let round = 0; round < 4; round++) {
    const [before] = ranked();
    for (const { key } of ranked().slice(0, 3)) for (const other of changes(key, elements)) await attempt(other);
    if (ranked()[0] === before) break;
  }

  const shortlist = [
    ...ranked()
      .slice(0, SHORTLIST)
      .map(({ key }) => key),
    ...named,
  ];
  const measured = new Map();
  for (const key of shortlist) if (!measured.has(key.join())) measured.set(key.join(), await whole(key));
  const all = [...measured.values()].sort((a, b) => a.sum - b.sum);
  return { best: all[0], screened: screened.size, measured };
}

/** Keys that differ in one swap, one element more or less, or another element in one's place. */
function changes(key, elements) {
  const found = [];
  for (let i = 0; i < key.length; i++) {
    found.push(key.filter((_, at) => at !== i));
    for (let j = i + 1; j < key.length; j++) found.push(key.map((element, at) => (at === i ? key[j] : at === j ? key[i] : element)));
    for (const element of elements) {
      if (key.includes(element)) continue;
      found.push(key.map((own, at) => (at === i ? element : own)));
      if (key.length < LONGEST) found.push([...key.slice(0, i), element, ...key.slice(i)]);
    }
  }
  return found.filter((one) => one.length > 0 && one.every((element, at) => orders(one.slice(0, at), element)));
}
