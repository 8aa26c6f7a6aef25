/** Longest wait between two dials, in ms. */
const MOST = 2000

/**
 * Gives the wait before a dial, in ms. `attempt` counts from 0 since the line was lost.
 *
 * The first comes soon: most losses are a hiccup, or a server handing over. Then exponential with full jitter, so
 * that a thousand clients of a server that came back do not come back together.
 */
export function backoff(attempt: number, random: () => number): number {
  if (attempt === 0) return 40 + 40 * random()
  return 40 + random() * (Math.min(MOST, 80 * 2 ** attempt) - 40)
}

/** Calls `wake` whenever a line may be dead, or dialling help: the page is seen, awake, online, or on another network. */
export function onWake(wake: () => void): () => void {
  if (typeof addEventListener !== 'function') return () => {}
  const seen = (): void => {
    if (typeof document !== 'object' || document.visibilityState !== 'hidden') wake()
  }
  const events = ['online', 'pageshow', 'visibilitychange', 'resume']
  // On the way down: that a frozen page resumes is told to the document alone.
  for (const event of events) addEventListener(event, seen, true)
  // Not in every browser.
  const network = (globalThis.navigator as { connection?: EventTarget } | undefined)?.connection
  network?.addEventListener('change', seen)
  return () => {
    for (const event of events) removeEventListener(event, seen, true)
    network?.removeEventListener('change', seen)
  }
}
