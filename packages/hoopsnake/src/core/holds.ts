import type { Clock } from './clock.ts'
import type { Effects } from './effects.ts'
import type { Member } from './fanout.ts'
import { owe } from './fanout.ts'

/** The seats that are held for players whose connection was lost. */
export interface Holds {
  /** Holds a seat from now on. `member` is its connection before, which keeps what the player is to be told. */
  hold(seat: number, member: Member | undefined): void
  /** Holds a seat no longer; gives its connection before. */
  release(seat: number): Member | undefined
  /** Keeps what a flush has for the players who are away. */
  flush(effects: Effects): void
  /** Calls off the end of every held seat. */
  stop(): void
}

/** Makes holds of `ms` each; `giveUp` is told of a seat whose player did not come back. */
export function createHolds(clock: Clock, ms: number, giveUp: (seat: number) => void): Holds {
  const held = new Map<number, { readonly member: Member | undefined; readonly callOff: () => void }>()
  return {
    hold(seat, member) {
      const callOff = clock.at(clock.now() + ms, () => {
        held.delete(seat)
        giveUp(seat)
      })
      held.set(seat, { member, callOff })
    },
    release(seat) {
      const hold = held.get(seat)
      held.delete(seat)
      hold?.callOff()
      return hold?.member
    },
    flush(effects) {
      for (const [seat, { member }] of held) {
        const own = effects.own.get(seat)
        if (own !== undefined && member !== undefined) owe(member, own)
      }
    },
    stop() {
      for (const { callOff } of held.values()) callOff()
    },
  }
}
