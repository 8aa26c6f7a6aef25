/*
 * What does not happen, and how often something does, shows only over time: these watch for a while.
 */

/** Looks again and again for so many ms; throws as soon as what it sees is no longer as it was. */
export async function stays<T>(look: () => T | Promise<T>, ms: number): Promise<T> {
  const first = await look()
  for (const until = performance.now() + ms; performance.now() < until;) {
    const now = await look()
    if (JSON.stringify(now) !== JSON.stringify(first))
      throw new Error(`it changed from ${JSON.stringify(first)} to ${JSON.stringify(now)}`)
    await nextTurn()
  }
  return first
}

/** Gives how much a count rises per second, watched for so many ms. */
export async function rate(count: () => number | Promise<number>, ms: number): Promise<number> {
  const [from, began] = [await count(), performance.now()]
  while (performance.now() < began + ms) await nextTurn()
  const to = await count()
  return ((to - from) * 1000) / (performance.now() - began)
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}
