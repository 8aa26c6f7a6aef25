import { type Account, owe } from './account.ts'
import type { Clock } from './clock.ts'
import type { Effects } from './effects.ts'

/** The seats that are held for players whose connection was lost. */
export interface Holds {
  /** Holds a seat from now on. `account` is that of its connection before, and keeps what the player is to be told. */
  hold(seat: number, account: Account | undefined): void
  /** Holds a seat no longer; gives its account. */
  release(seat: number): Account | undefined
  /** The accounts of those who were here before, by seat. */
  readonly accounts: ReadonlyMap<number, Account>
  /** Keeps what a flush has for the players who are away. */
  flush(effects: Effects): void
  /** Calls off the end of every held seat. */
  stop(): void
}

/** Makes holds of `ms` each; `giveUp` is told of a seat whose player did not come back. */
export function createHolds(clock: Clock, ms: number, giveUp: (seat: number) => void): Holds {
  const held = new Map<number, { readonly account: Account | undefined; readonly callOff: () => void }>()
  return {
    hold(seat, account) {
      const callOff = clock.at(clock.now() + ms, () => {
        held.delete(seat)
        giveUp(seat)
      })
      held.set(seat, { account, callOff })
    },
    release(seat) {
      const hold = held.get(seat)
      held.delete(seat)
      hold?.callOff()
      return hold?.account
    },
    get accounts() {
      const known = [...held].flatMap(([seat, { account }]) => (account ? [[seat, account] as const] : []))
      return new Map(known)
    },
    flush(effects) {
      for (const [seat, { account }] of held) {
        const own = effects.own.get(seat)
        if (own !== undefined && account !== undefined) owe(account, own)
      }
    },
    stop() {
      for (const { callOff } of held.values()) callOff()
    },
  }
}
