import { type ByCode, countCode, createHistogram, type Histogram, record } from '../../core/telemetry.ts'

/** What the gateway counts of the sockets that it has: plain data; only ever rises. */
export interface Traffic {
  /** Round trips of pings to clients, by game, in ms. */
  readonly rtt: ReadonlyMap<string, Histogram>
  /** Dials that never came to a room, by code: `SERVER_FULL`, `TOO_SLOW`, `FLOOD` …. */
  readonly turnedAway: ByCode
  answered(game: string, ms: number): void
  turned(code: string): void
}

/** Makes the counts of a gateway for these games. A game that nobody has is not counted: anybody can make names up. */
export function createTraffic(games: Iterable<string>): Traffic {
  const rtt = new Map([...games].map((game) => [game, createHistogram()]))
  const turnedAway: ByCode = new Map()
  return {
    rtt,
    turnedAway,
    answered(game, ms) {
      const histogram = rtt.get(game)
      if (histogram !== undefined) record(histogram, ms)
    },
    turned: (code) => countCode(turnedAway, code),
  }
}
