import { memoryBus, memoryStore, noJobs, Refused, virtualClock, Writer } from 'hoopsnake'
import type { Room, Rules, Score, Seat, Services } from 'hoopsnake'
import { pit } from '../protocol.ts'
import type { Cause, Dir, Pit, PitState, Snake } from '../protocol.ts'
import { layOut } from '../rules/snake.ts'

/** A room without machinery: rules, seats and chance, moved by hand. */
export interface Stage {
  readonly room: Room<Pit>
  readonly state: PitState
  readonly deaths: { seat: number; by: Cause }[]
  /** While true there is neither food nor stones by chance. */
  still: boolean
  /** Takes a seat; throws the refusal, if there is one. */
  join(name?: string): Seat<Pit>
  leave(seat: Seat<Pit>): void
  /** Gives the code of the refusal, or undefined. */
  play(seat: Seat<Pit>): string | undefined
  turn(seat: Seat<Pit>, to: Dir): string | undefined
  tick(times?: number): void
  /** Takes a seat and puts its living snake, three cells long, at a place of the test's choice. */
  put(x: number, y: number, to: Dir, cells?: number): { seat: Seat<Pit>; snake: Snake }
  /** Does the slow work asked for so far and brings its answers in. */
  settle(): Promise<void>
}

interface Setting {
  readonly seed?: number
  readonly store?: Services['store']
  readonly jobs?: Services['jobs']
  readonly top?: Score[]
}

interface Work {
  readonly run: (services: Services) => Promise<never>
  readonly result: keyof Rules<Pit>['results']
}

/** A room whose fields can be set from outside, and what its rules asked for. */
interface Hall {
  readonly room: { -readonly [K in keyof Room<Pit>]: Room<Pit>[K] }
  readonly seats: Map<number, Seat<Pit>>
  readonly works: Work[]
  readonly deaths: Stage['deaths']
}

function hall(random: () => number, int: (below: number) => number): Hall {
  const seats = new Map<number, Seat<Pit>>()
  const works: Work[] = []
  const deaths: Stage['deaths'] = []
  const room = {
    code: 'TEST',
    tick: 0,
    hz: 2.3,
    hidden: {},
    seats,
    random,
    int,
    after: () => 0,
    send() {},
    broadcast: (_event: 'died', death: Stage['deaths'][number]) => void deaths.push(death),
    later: (run: Work['run'], result: Work['result']) => void works.push({ run, result }),
    close() {},
  } as unknown as Hall['room']
  return { room, seats, works, deaths }
}

export function stage(game: Rules<Pit, Score[]> | Rules<Pit>, setting: Setting = {}): Stage {
  const { seed = 1, store = memoryStore(), jobs = noJobs(), top = [] } = setting
  const rules = game as Rules<Pit, Score[]>
  const next = chance(seed)
  const { room, seats, works, deaths } = hall(
    () => (made.still ? 0.999 : next()),
    (below) => Math.floor(next() * below),
  )
  room.state = rules.create(room, { options: undefined, loaded: top })
  let ids = 0
  const code = (answer: unknown) => (answer instanceof Refused ? answer.code : undefined)

  const made: Stage = {
    room,
    state: room.state,
    deaths,
    still: true,
    join(name = 'Ann') {
      const seat = { id: ++ids, mine: { name: '' }, user: undefined, away: false, kick() {} }
      const answer = rules.join!(room, seat, { name })
      if (answer instanceof Refused) throw answer
      seats.set(seat.id, seat)
      return seat
    },
    leave(seat) {
      rules.leave!(room, seat)
      seats.delete(seat.id)
    },
    play: (seat) => code(rules.inputs.play(room, seat, undefined)),
    turn: (seat, to) => code(rules.inputs.turn(room, seat, to)),
    tick(times = 1) {
      for (let i = 0; i < times; i++) {
        room.tick++
        rules.tick!(room)
        // Throws unless everything fits its type.
        pit.state.write(new Writer(), room.state)
      }
    },
    put(x, y, to, cells = 3) {
      const seat = made.join()
      if (made.play(seat) !== undefined) throw new Error('no more snakes are let in')
      const snake = room.state.snakes.get(seat.id)!
      layOut(snake, { x, y }, to, cells)
      return { seat, snake }
    },
    async settle() {
      const bus = memoryBus({ clock: virtualClock(), log: () => {} })
      const services = { store, bus, jobs, signal: new AbortController().signal }
      for (const { run, result } of works.splice(0))
        rules.results[result](room, { ok: true, value: await run(services) })
    },
  }
  return made
}

/** Mulberry32 by Tommy Ettinger, public domain: small, and the same on each run. */
function chance(seed: number): () => number {
  let at = seed
  return () => {
    at = (at + 0x6d2b79f5) | 0
    let mixed = Math.imul(at ^ (at >>> 15), at | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
