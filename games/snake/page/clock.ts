/** Milliseconds on the page's own clock; never goes back. */
export function now(): number {
  return performance.now()
}

/** Calls `show` before every picture the browser makes; not while the page is hidden. */
export function everyFrame(show: (now: number) => void): void {
  const next = (): void => {
    show(now())
    requestAnimationFrame(next)
  }
  requestAnimationFrame(next)
}

/** Calls `act` once, after `ms`. */
export function after(ms: number, act: () => void): void {
  setTimeout(act, ms)
}
