import { type Account, later, owe, type Sent } from './account.ts'
import type { Stamp } from './frames/tick.ts'
import type { Machine } from './machine.ts'
import type { Ring } from './ring.ts'
import type { Life, Unheard } from './unheard.ts'

/** Finds out what somebody who comes back has not heard, in this life of the room and those before. */
export class Recall {
  readonly #life: Pick<Machine, 'sync' | 'epoch'>
  readonly #ring: Ring
  readonly #lives: readonly Life[]

  /** `ring` has what everybody was told of late; `lives` are those of the room so far, oldest first. */
  constructor(life: Pick<Machine, 'sync' | 'epoch'>, ring: Ring, lives: readonly Life[]) {
    this.#life = life
    this.#ring = ring
    this.#lives = lives
  }

  /**
   * Gives the tick up to which this life of the room is one that a client was in; of epoch 0: of the one before. What
   * that life did later never was.
   */
  fork(epoch: number): number {
    const next = epoch === 0 ? undefined : this.#lives.find((life) => life.epoch > epoch)
    return (next ?? this.#lives.at(-1)!).tick
  }

  /**
   * Makes `client` go on where `before`, its connection before, was when it had the state of a tick. With epoch 0 nobody
   * knows which that is: it is told all that it has not confirmed, and leaves out what it has.
   */
  takeUp(client: Account, before: Account | undefined, back: Stamp): void {
    const { epoch: now, sync } = this.#life
    const tick =
      back.epoch === 0
        ? (before?.had ?? this.fork(0))
        : Math.min(back.tick, back.epoch === now ? sync.tick : this.fork(back.epoch))
    client.had = tick
    client.seen = this.#ring.after(tick)
    if (before === undefined) return
    // The ring begins later than the client's state ends: what is between is missed.
    if (client.seen === this.#ring.first) {
      const had = before.last.findLast((flush) => flush.tick <= tick)?.end
      client.seen = Math.min(client.seen, had ?? before.seen)
    }
    // Who was in a life has heard, or was told again, what was sent in those before.
    const unheard = ({ epoch, tick: at }: Sent): boolean =>
      epoch > back.epoch || (epoch === back.epoch && at > back.tick)
    for (const { own } of before.sent.filter(unheard)) owe(client, later(own, tick))
    if (before.owed !== undefined) owe(client, later(before.owed, tick))
  }

  /** Gives what the next life of the room must know to tell everybody all: `accounts` are those of all seats, by seat. */
  unheard(accounts: ReadonlyMap<number, Account>): Unheard {
    const least = [...accounts.values()].reduce((tick, { had }) => Math.min(tick, had), this.#life.sync.tick)
    const { first, recent } = this.#ring
    const tellings = this.#ring.from(this.#ring.after(least))
    const left = [...accounts].map(([seat, account]): [number, Account] => {
      const { had, last, sent, owed } = account
      const end = [...recent, ...last].findLast((flush) => flush.tick <= had)?.end ?? account.seen
      return [seat, { had, seen: Math.min(0, end - first), last: [], sent, owed }]
    })
    return { lives: this.#lives, tellings, accounts: new Map(left) }
  }
}
