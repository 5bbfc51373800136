/**
 * Does work on items some steps ahead of whoever takes the results, which come in the order of the items.
 *
 * @param ahead how many items are worked on at a time
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  ahead: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  let next = 0;
  const start = () => {
    const promise = work(items[next++]!);
    // Whoever stops early, for an error or otherwise, does not wait for these.
    promise.catch(() => undefined);
    running.push(promise);
  };
  while (next < items.length && running.length < ahead) start();
  while (running.length > 0) {
    const result = await running.shift()!;
    if (next < items.length) start();
    yield result;
  }
}
