/* What bytes mean in money. */
import type { Row } from '../bench.ts'

/** Dollars for a terabyte that leaves: an example, near what large clouds ask. */
const PRICE = 90
const PLAYERS = 1000
const SECONDS = 30 * 24 * 3600
const HZ = 20
/** Bytes that TCP and IPv4 put before each packet, and what fits behind them in one. */
const [HEADER, PACKET] = [52, 1448]

/** Gives what leaves a server per month, in TB, where so many players get so many bytes a second each, 20 times a second. */
export function terabytes(bytes: number): { readonly payload: number; readonly wire: number } {
  const packets = HZ * Math.ceil(bytes / HZ / PACKET)
  const scale = (PLAYERS * SECONDS) / 1e12
  return { payload: bytes * scale, wire: (bytes + packets * HEADER) * scale }
}

/** Makes the table from rows of `w1`. */
export function money(rows: readonly Row[]): Row[] {
  return rows.map((row) => {
    const { payload, wire } = terabytes(Number(row['bytes']))
    return {
      server: row['server']!,
      'TB of messages': payload,
      'with TCP and IP': wire,
      [`at $${PRICE} per TB`]: `$${Math.round(wire * PRICE).toLocaleString('en')}`,
    }
  })
}
