/*
 * A room that writes down what it is told, and players with numbered inputs whose connections fare as badly as chance
 * will have it: every input is applied once and in order or refused, every event heard once and in order.
 */
import type { Game } from '../packages/hoopsnake/src/client/index.ts'
import { createRandom, type Random } from '../packages/hoopsnake/src/core/random.ts'
import { refuse } from '../packages/hoopsnake/src/core/errors.ts'
import { protocol } from '../packages/hoopsnake/src/core/protocol.ts'
import type { Rules } from '../packages/hoopsnake/src/core/rules.ts'
import { simulate, type Simulation } from '../packages/hoopsnake/src/test/index.ts'
import { map } from '../packages/hoopsnake/src/wire/map.ts'
import { uint } from '../packages/hoopsnake/src/wire/numbers.ts'
import { struct } from '../packages/hoopsnake/src/wire/struct.ts'

const ledger = protocol('ledger', 1, {
  state: { events: uint, seats: map(uint, struct({ count: uint, last: uint }), 16) },
  mine: { told: uint },
  inputs: { note: uint },
  /** `noted` is for everybody and `yours` for one, each numbered without gaps. */
  events: { noted: uint, yours: uint },
})

type Player = Game<typeof ledger>

/** What the room did, as far as it stands. */
interface Line {
  readonly tick: number
  readonly seat: number
  readonly input: number
}

/** What must be nought, and how much was done. */
export interface Tally {
  /** Inputs that were said to be applied and were not, or that nothing was said of. */
  lost: number
  /** Inputs applied twice, or after a later one; or applied though they were said to be refused. */
  wrong: number
  /** Events that a player did not hear, and those heard twice or after a later one. */
  unheard: number
  repeated: number
  inputs: number
  events: number
  refused: number
  cuts: number
  takeovers: number
  restarts: number
}

/** One player over all of its connections and pages. */
interface Side {
  game: Player
  readonly seat: number
  /** Inputs are numbered from 1; what became of each. */
  sent: number
  readonly fates: Map<number, string>
  /** The next of each kind of event that is to be heard; undefined: whichever. */
  readonly due: Record<Kind, number | undefined>
  /** The first of each kind in the lives that the room began since; those of the life before may be on their way yet. */
  readonly anew: Record<Kind, number[]>
  /** The kinds of which some were undone, as it was told: they are to be heard again. */
  readonly undone: Set<Kind>
}

const kinds = ['noted', 'yours'] as const
type Kind = (typeof kinds)[number]

const net = { latency: 40, jitter: 30, loss: 0.01 }

/** How a run is made. */
export interface LedgerRun {
  readonly seed: number
  /** Inputs to be made, by all players together. */
  readonly inputs: number
  /** Whether the server is stopped and killed, and the room fails, too. */
  readonly restarts: boolean
}

/** Plays, and counts what went wrong. */
export async function runLedger({ seed, inputs, restarts }: LedgerRun): Promise<Tally> {
  const book: Line[] = []
  const fault = { due: false, after: 0 }
  const s = simulate(ledger.room(rulesFor(book, fault), options), { seed, net })
  const random = createRandom(seed)
  const tally: Tally = {
    lost: 0,
    wrong: 0,
    unheard: 0,
    repeated: 0,
    inputs: 0,
    events: 0,
    refused: 0,
    cuts: 0,
    takeovers: 0,
    restarts: 0,
  }
  const sides: Side[] = []
  for (let i = 0; i < 4; i++) sides.push(listen(tally, await s.join({})))
  // A seat that no checkpoint has is gone with the process.
  await s.advance(2000)
  while (tally.inputs < inputs) {
    for (const side of sides) for (let i = random.int(6); i > 0; i--) note(tally, side)
    await fate(s, { sides, book, fault, tally, random, restarts })
    await s.advance(random.int(120))
  }
  for (const { game } of sides) s.heal(game)
  await s.advance(20_000)
  audit(s, { sides, book, tally })
  await s.stop()
  return tally
}

const options = {
  hz: 20,
  seats: 16,
  holdSeat: '60s',
  inputs: { perSecond: 1e6, burst: 1e6 },
  save: { every: '1s' },
} as const

/** Whether the room refuses an input. */
const isRefused = (input: number): boolean => input % 7 === 0

function rulesFor(book: Line[], fault: Fault): Rules<typeof ledger> {
  return {
    create: () => ({ events: 0, seats: new Map() }),
    mine: () => ({ told: 0 }),
    join: (room, seat) => void room.state.seats.set(seat.id, { count: 0, last: 0 }),
    inputs: {
      note(room, seat, input) {
        if (isRefused(input)) return refuse('NO', 'every seventh')
        const mine = room.state.seats.get(seat.id)!
        mine.count += 1
        mine.last = input
        book.push({ tick: room.tick, seat: seat.id, input })
        seat.mine.told += 1
        room.send(seat, 'yours', seat.mine.told)
        room.broadcast('noted', (room.state.events += 1))
        return undefined
      },
    },
    tick() {
      if (!fault.due) return
      fault.due = false
      throw new Error('as was asked for')
    },
  }
}

/** Hears what a player hears. */
function listen(tally: Tally, game: Player): Side {
  const side: Side = {
    game,
    seat: game.seat,
    sent: 0,
    fates: new Map(),
    due: { noted: undefined, yours: undefined },
    anew: { noted: [], yours: [] },
    undone: new Set(),
  }
  hear(tally, side)
  return side
}

function hear(tally: Tally, side: Side): void {
  const { game, due, anew, undone } = side
  game.when('undone', () => kinds.forEach((kind) => undone.add(kind)))
  for (const kind of kinds) {
    game.on(kind, (n) => {
      tally.events += 1
      const next = due[kind] ?? n
      due[kind] = n + 1
      // A room that was killed goes on from its checkpoint: what it told after that is told anew, from there on.
      const again = undone.delete(kind) && anew[kind].includes(n)
      if (n > next) tally.unheard += n - next
      if (n < next && !again) tally.repeated += 1
    })
  }
  game.when('missed', (count) => (tally.unheard += count))
}

function note(tally: Tally, side: Side): void {
  const input = ++side.sent
  tally.inputs += 1
  void side.game.ask('note', input).then((no) => side.fates.set(input, no?.code ?? 'applied'))
}

/** A throw in `tick`, if it is due. */
interface Fault {
  due: boolean
  /** The first tick at which there may be another: a room that crashes often is closed. */
  after: number
}

interface Scene {
  readonly fault: Fault
  readonly sides: readonly Side[]
  readonly book: Line[]
  readonly tally: Tally
  readonly random: Random
  readonly restarts: boolean
}

/** Lets something happen, or nothing. */
async function fate(
  s: Simulation<typeof ledger>,
  { sides, book, fault, tally, random, restarts }: Scene,
): Promise<void> {
  const side = sides[random.int(sides.length)]!
  const dice = random.int(restarts ? 400 : 390)
  if (dice < 8) s.drop(side.game)
  else if (dice < 12) s.cut(side.game)
  else if (dice < 24) for (const { game } of sides) s.heal(game)
  else if (dice < 26) s.stall(random.int(3000))
  else if (dice < 30) await takeOver(s, side, tally)
  else if (dice === 397 && s.room().tick > fault.after) {
    Object.assign(fault, { due: true, after: s.room().tick + 500 })
    while (fault.due) await s.advance(1)
    tally.restarts += 1
    begin(s, { sides, book })
    return
  } else if (dice >= 398) {
    await s.restart(dice === 398 ? 'stopped' : 'killed')
    tally.restarts += 1
    begin(s, { sides, book })
    return
  } else return
  tally.cuts += 1
}

/** Puts the player on another page. What the page before was not told of may have been applied or not. */
async function takeOver(s: Simulation<typeof ledger>, side: Side, tally: Tally): Promise<void> {
  const before = side.game
  // What it hears from now on, it would hear beside the other one.
  s.cut(before)
  let game: Player | undefined
  // A page that fails before it is in may have cost the one before the seat: then there must be another.
  while (game === undefined) game = await s.takeOver(before).catch(() => undefined)
  void before.leave()
  side.game = game
  tally.takeovers += 1
  // Nothing was undone that this page has seen.
  for (const kind of kinds) side.undone.add(kind)
  hear(tally, side)
}

/** What the room did after its last checkpoint never was: it begins from there. */
function begin(s: Simulation<typeof ledger>, { sides, book }: Pick<Scene, 'sides' | 'book'>): void {
  const { tick, state, seats } = s.room()
  book.splice(0, book.length, ...book.filter((line) => line.tick <= tick))
  for (const side of sides) {
    side.anew.noted.push(state.events + 1)
    side.anew.yours.push(seats.get(side.seat)!.mine.told + 1)
  }
}

/** Holds what players were told against what stands in the book, and that against the state. */
function audit(
  s: Simulation<typeof ledger>,
  { sides, book, tally }: Pick<Scene, 'sides' | 'book' | 'tally'>,
): void {
  for (const { seat, sent, fates, due } of sides) {
    // Of the last ones, too; those that were undone need not have come again.
    const { state, seats } = s.room()
    tally.unheard +=
      Math.max(0, state.events + 1 - due.noted!) + Math.max(0, seats.get(seat)!.mine.told + 1 - due.yours!)
    const applied = book.filter((line) => line.seat === seat).map(({ input }) => input)
    applied.forEach((input, i) => (tally.wrong += input > (applied[i - 1] ?? 0) ? 0 : 1))
    const { count } = s.room().state.seats.get(seat)!
    tally.wrong += Math.abs(count - applied.length)
    const stands = new Set(applied)
    for (let input = 1; input <= sent; input++) {
      const fate = fates.get(input)
      if (fate === undefined) tally.lost += 1
      else if (isRefused(input) ? fate === 'applied' : fate === 'NO') tally.wrong += 1
      else if (fate === 'applied' && !stands.has(input) && tally.restarts === 0) tally.lost += 1
      else if (['STALE', 'INPUT_FAILED'].includes(fate) && stands.has(input)) tally.wrong += 1
      else if (['NO', 'INPUT_FAILED', 'STALE', 'AWAY', 'TAKEN_OVER', 'LEFT'].includes(fate))
        tally.refused += 1
      else if (fate !== 'applied') tally.wrong += 1
    }
  }
}
