import type { Visit } from './visit.ts'

/** Small numbers over the page, for who writes games. Shown by `?debug`, or with the tilde. */
export interface Debug {
  toggle(): void
  show(visit: Visit, now: number): void
}

/** Makes the overlay of its element. */
export function createDebug(box: HTMLElement): Debug {
  box.hidden = !new URLSearchParams(location.search).has('debug')
  let since = { at: 0, received: 0, sent: 0 }
  let rate = { received: 0, sent: 0 }
  return {
    toggle: () => void (box.hidden = !box.hidden),
    show({ game, status, code, seat }, now) {
      if (box.hidden || !game) return
      const { stats } = game
      const passed = now - since.at
      if (passed >= 1000) {
        rate = {
          received: ((stats.received - since.received) * 1000) / passed,
          sent: ((stats.sent - since.sent) * 1000) / passed,
        }
        since = { at: now, received: stats.received, sent: stats.sent }
      }
      box.textContent = [
        `status  ${status} · room ${code} · seat ${seat}`,
        `tick    ${game.tick} · ahead ${stats.ahead} · pending ${stats.pending}`,
        `rtt     ${stats.rtt.toFixed(1)} ms ± ${stats.jitter.toFixed(1)}`,
        `bytes/s ${rate.received.toFixed(0)} in · ${rate.sent.toFixed(0)} out`,
      ].join('\n')
    },
  }
}
