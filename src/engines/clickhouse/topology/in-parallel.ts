/** Runs `work` on every item, so many at a time, and gives the results in the order of the items. */
export async function inParallel<T, R>(limit: number, items: readonly T[], work: (item: T) => Promise<R> | R): Promise<R[]> {
  const results: R[] = Array.from({ length: items.length });
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
