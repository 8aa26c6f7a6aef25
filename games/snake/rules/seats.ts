/* Who has a name may take a seat: from there one looks on until one plays. The same in both modes. */
import { cleanName, refuse } from 'hoopsnake'
import type { Refused, Room, Seat } from 'hoopsnake'
import { COLORS, NAME } from '../protocol.ts'
import type { Pit, PitMine } from '../protocol.ts'

/** Makes what a seat alone knows, before it has a name. */
export function mine(): PitMine {
  return { name: '' }
}

/** Lets in whoever has a name. Two may have the same one; they then share a line of the score table. */
export function join(_room: Room<Pit>, seat: Seat<Pit>, ask: { name: string }): Refused | undefined {
  const name = cleanName(ask.name, NAME)
  if (name === '') return refuse('NAME_EMPTY', 'A name needs at least one visible character.')
  seat.mine.name = name
  return undefined
}

/** Gives the colour of a seat: one after the other, over and over. */
export function colorOf(seat: Seat<Pit>): number {
  return (seat.id - 1) % COLORS
}
