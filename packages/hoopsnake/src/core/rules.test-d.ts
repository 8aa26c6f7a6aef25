/* Type tests: each line that is wrong on purpose must not compile. Checked by `npm run check`, never run. */
import { nothing, oneOf } from '../wire/atoms.ts'
import { list } from '../wire/list.ts'
import { map } from '../wire/map.ts'
import { u8, uint } from '../wire/numbers.ts'
import { struct } from '../wire/struct.ts'
import { str } from '../wire/text.ts'
import type { EventsOf, InputsOf, StateOf } from './protocol.ts'
import { refuse } from './errors.ts'
import { protocol } from './protocol.ts'
import type { Room, Rules } from './rules.ts'

const pit = protocol('pit', 1, {
  join: { name: str(15) },
  options: { width: u8 },
  state: { phase: oneOf('lobby', 'play'), players: map(uint, struct({ x: u8 }), 9) },
  mine: { hand: list(u8, 5) },
  hidden: { deck: list(u8, 52) },
  inputs: { move: oneOf('up', 'down'), pass: nothing },
  events: { died: struct({ seat: uint }), over: nothing },
  results: { top: list(str(15), 15) },
})
type Pit = typeof pit

const rules: Rules<Pit> = {
  create: (_, { options }) => {
    options?.width satisfies number | undefined
    // @ts-expect-error the creator chooses a width, nothing else
    void options?.height
    return { phase: 'lobby', players: new Map() }
  },
  mine: () => ({ hand: [] }),
  hidden: () => ({ deck: [1, 2, 3] }),
  join: (room, seat, { name }) => {
    name satisfies string
    seat.mine.hand satisfies number[]
    room.state.players.set(seat.id, { x: 1 })
    // @ts-expect-error a player has no y
    room.state.players.set(seat.id, { x: 1, y: 2 })
    // @ts-expect-error not a phase
    room.state.phase = 'over'
    room.broadcast('over')
    room.broadcast('died', { seat: 1 })
    // @ts-expect-error a payload is due
    room.broadcast('died')
    // @ts-expect-error no such event
    room.broadcast('dyed', { seat: 1 })
    // @ts-expect-error not the payload of this event
    room.send(seat, 'died', { by: 1 })
    room.later(({ store }) => store.top('x', 15).then((top) => top.map((one) => one.name)), 'top')
    // @ts-expect-error not what the result is
    room.later(() => Promise.resolve(5), 'top')
    // @ts-expect-error no such result
    room.later(() => Promise.resolve(['a']), 'bottom')
  },
  inputs: {
    move: (_, __, to) => to satisfies 'up' | 'down',
    pass: (_, __, value) => value satisfies undefined,
  },
  results: {
    top(_, outcome) {
      if (outcome.ok) outcome.value satisfies string[]
      else outcome.code satisfies string
    },
  },
}

pit.room(rules, {
  hz: 10,
  idle: (state) => state.phase === 'lobby',
  // @ts-expect-error not an option
  closeAfter: 5,
})
pit.room(rules, { closeEmptyAfter: '30s' })
// @ts-expect-error not a duration
pit.room(rules, { closeEmptyAfter: '30 seconds' })

const scopes = { mine: () => ({ hand: [] }), hidden: () => ({ deck: [] }), results: { top: () => {} } }
const handlers = { move: () => {}, pass: () => {} }

const noPass: Rules<Pit> = {
  ...scopes,
  create: () => ({ phase: 'lobby', players: new Map() }),
  // @ts-expect-error a handler is missing
  inputs: { move: () => {} },
}

const wrongPhase: Rules<Pit> = {
  ...scopes,
  inputs: handlers,
  // @ts-expect-error not a phase
  create: () => ({ phase: 'loby', players: new Map() }),
}

// @ts-expect-error what one seat sees is made by nobody
const noMine: Rules<Pit> = {
  create: () => ({ phase: 'lobby', players: new Map() }),
  hidden: scopes.hidden,
  results: scopes.results,
  inputs: handlers,
}

const unknownInput: Rules<Pit> = {
  ...scopes,
  create: () => ({ phase: 'lobby', players: new Map() }),
  // @ts-expect-error no such input
  inputs: { ...handlers, jump: () => {} },
}

/** What a handler returns is nobody's business, unless it is a promise. */
const talkative: Rules<Pit> = {
  ...scopes,
  create: () => ({ phase: 'lobby', players: new Map() }),
  join: (room, seat) => room.state.players.set(seat.id, { x: 1 }),
  leave: (room, seat) => room.state.players.delete(seat.id),
  tick: (room) => (room.state.phase = 'play'),
  late: (room) => void room.state.players.delete(1),
  inputs: {
    move: (room, seat) => room.state.players.get(seat.id) ?? refuse('NOBODY', 'you are nowhere'),
    pass(room) {
      if (room.state.phase === 'play') return refuse('TOO_LATE', 'too late')
      room.state.phase = 'play'
    },
  },
}

const async: Rules<Pit> = {
  ...scopes,
  create: () => ({ phase: 'lobby', players: new Map() }),
  // @ts-expect-error rules are synchronous
  join: async () => {},
  // @ts-expect-error rules are synchronous
  async leave() {},
  // @ts-expect-error rules are synchronous
  away: async () => {},
  // @ts-expect-error rules are synchronous
  back: () => Promise.resolve(),
  // @ts-expect-error rules are synchronous
  late: async () => {},
  // @ts-expect-error rules are synchronous
  tick: async () => {},
  inputs: {
    // @ts-expect-error rules are synchronous
    move: async () => refuse('NO', 'no'),
    // @ts-expect-error rules are synchronous
    async pass() {},
  },
  // @ts-expect-error rules are synchronous
  results: { top: async () => {} },
}

const bare = protocol('bare', 1, { state: { n: uint } })
/** Nothing is due where the protocol says nothing. */
const least: Rules<typeof bare> = { create: () => ({ n: 0 }) }

const loading = bare.room<number>(
  { create: (_, { loaded }) => ({ n: loaded satisfies number }) },
  { load: () => Promise.resolve(5) },
)
// @ts-expect-error `load` answers something else than the rules take
bare.room<number>({ create: (_, { loaded }) => ({ n: loaded }) }, { load: () => Promise.resolve('five') })

// @ts-expect-error `load` is due
bare.room<number>({ create: (_, { loaded }) => ({ n: loaded }) })

const state: StateOf<Pit> = { phase: 'play', players: new Map([[1, { x: 2 }]]) }
const input: InputsOf<Pit>['move'] = 'up'
const event: EventsOf<Pit>['died'] = { seat: 1 }
const roomOf = (room: Room<Pit>): number => room.hidden.deck.length

export {
  async,
  event,
  input,
  least,
  loading,
  noMine,
  noPass,
  roomOf,
  state,
  talkative,
  unknownInput,
  wrongPhase,
}
