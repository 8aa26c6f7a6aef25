/* Many clients of one server. */
import { connectTo, type Client } from './client.ts'
import { dialects, type Dialect, type DialectName, type Direction, type Talk } from './dialects.ts'
import { Lateness } from './lateness.ts'
import { watch, type Watch } from './watch.ts'

/** How often a client turns unless asked otherwise, and confirms what it got, in ms. */
const BEAT = 500
/** How often those are called whose turn it is, in ms. */
const SLICE = 5
/** How many may be on their way in at once. */
const AT_ONCE = 50
/** The time from tick to tick, in ms. */
const TICK = 50

export interface Ask {
  readonly dialect: DialectName
  readonly port: number
  readonly players: number
  /** How often each turns, in ms; 0: never. Default 500. */
  readonly turns?: number
  /** Whether they are only there: they do not even confirm. */
  readonly idle?: boolean
}

/** What clients have got. */
export interface Count {
  /** Ticks that clients were told of: with all there, players × ticks. */
  readonly ticks: number
  /** Bytes read from sockets, the heads of WebSocket frames among them. */
  readonly bytes: number
  /** How late ticks came, in ms; see Lateness. */
  readonly late: Readonly<Record<'p50' | 'p90' | 'p99' | 'p999', number>>
  /** How many snakes the witness saw, and how many cells each moved; 0 without a witness. */
  readonly snakes: number
  readonly steps: number
}

interface Player {
  readonly client: Client
  readonly talk: Talk
  /** When the last tick came; 0: not yet. */
  at: number
}

/** Clients that join, play, and leave together. Whatever goes wrong with one of them is thrown by the next call. */
export class Crowd {
  readonly #ask: Ask
  readonly #dialect: Dialect
  readonly #players: Player[] = []
  readonly #late = new Lateness()
  #watch: Watch | undefined
  #ticks = 0
  #bytes = 0
  #turning: NodeJS.Timeout | undefined
  #beating: NodeJS.Timeout | undefined
  #failed: Error | undefined

  constructor(ask: Ask) {
    this.#ask = ask
    this.#dialect = dialects[ask.dialect]
  }

  /** Lets all in. Resolves when the last one is. */
  async join(): Promise<void> {
    const witness = await this.#dialect.witness?.()
    if (witness !== undefined) this.#watch = watch(witness)
    let left = this.#ask.players
    const oneByOne = async (): Promise<void> => {
      while (left-- > 0) await this.#enter()
    }
    await Promise.all(Array.from({ length: AT_ONCE }, oneByOne))
    this.#play()
  }

  /** Begins to count anew. */
  reset(): void {
    this.#ticks = this.#bytes = 0
    this.#late.reset()
    this.#watch?.reset()
  }

  count(): Count {
    if (this.#failed !== undefined) throw this.#failed
    const late = (share: number): number => this.#late.percentile(share)
    return {
      ticks: this.#ticks,
      bytes: this.#bytes,
      late: { p50: late(0.5), p90: late(0.9), p99: late(0.99), p999: late(0.999) },
      ...(this.#watch?.seen() ?? { snakes: 0, steps: 0 }),
    }
  }

  /** Lets all leave. Resolves when the server has let go of the last one. */
  async leave(): Promise<void> {
    clearInterval(this.#turning)
    clearInterval(this.#beating)
    const leaving = this.#players.splice(0).map(({ client, talk }) => {
      talk.leave?.()
      return client.end()
    })
    await Promise.all(leaving)
  }

  async #enter(): Promise<void> {
    const path = await this.#dialect.path(this.#ask.port)
    return new Promise((resolve, reject) => {
      const witnessed = this.#watch?.isTaken === false ? this.#watch : undefined
      if (witnessed !== undefined) witnessed.isTaken = true
      let player: Player | undefined
      connectTo(this.#ask.port, path, {
        open: (client) => {
          player = { client, talk: this.#dialect.talk(client), at: 0 }
          this.#players.push(player)
        },
        read: (bytes) => void (this.#bytes += bytes),
        take: (_, payload) => {
          try {
            witnessed?.take(payload)
            const what = player!.talk.take(payload)
            if (what === 'in') resolve()
            if (what === 'tick') this.#tick(player!)
          } catch (error) {
            this.#fail(error as Error)
            reject(error as Error)
          }
        },
        lost: (why) => {
          this.#fail(new Error(why))
          reject(new Error(why))
        },
      })
    })
  }

  #tick(player: Player): void {
    this.#ticks++
    const now = performance.now()
    if (player.at > 0) this.#late.note(now - player.at - TICK)
    player.at = now
  }

  /** Makes each turn every so many ms from now on; 0: never. */
  turn(every: number): void {
    clearInterval(this.#turning)
    this.#turning =
      every > 0 ? this.#each(every, ({ talk }, round) => talk.turn?.((round % 4) as Direction)) : undefined
  }

  #play(): void {
    const { turns = BEAT, idle = false } = this.#ask
    this.turn(turns)
    if (!idle) this.#beating = this.#each(BEAT, ({ talk }) => talk.beat?.())
  }

  /** Has every player do something every so many ms, each at its own time, until the timer is cleared. */
  #each(every: number, act: (player: Player, round: number) => void): NodeJS.Timeout {
    const began = performance.now()
    const { length } = this.#players
    let done = 0
    return setInterval(() => {
      const due = Math.floor(((performance.now() - began) / every) * length)
      for (; done < due; done++) act(this.#players[done % length]!, Math.floor(done / length))
    }, SLICE)
  }

  #fail(error: Error): void {
    this.#failed ??= error
  }
}
