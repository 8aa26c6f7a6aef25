import { nothing, oneOf, protocol, u8, uint } from 'hoopsnake'
import type { RoomKind, RoomOptions, Rules, Type } from 'hoopsnake'
import { throwing } from './jobs.ts'

/** Where a room may throw. */
export const places = [
  'none',
  'load',
  'create',
  'hidden',
  'mine',
  'join',
  'tick',
  'idle',
  'deadline',
  'input',
  'message',
  'result',
  'work',
  'later',
  'job',
  'leave',
  'away',
  'back',
  'type write',
  'type diff',
  'type copy',
  'type read',
  // The last: it makes others late, too.
  'late',
] as const
export type Where = (typeof places)[number]

/** What is thrown: an error that says so, so that it is known from others. */
class Bang extends Error {
  override readonly name = 'Bang'
}

function bang(where: Where): never {
  throw new Bang(where)
}

/** The value of a {@link fragile} at which one of its functions throws. */
export const breaks = { 'type write': 1, 'type diff': 2, 'type copy': 3, 'type read': 4 } as const

/** A number that cannot be carried: a type of a game's own, with a fault in each of its functions. */
const fragile: Type<number> = {
  ...u8,
  schema: 'fragile',
  write: (w, value) => (value === breaks['type write'] ? bang('type write') : u8.write(w, value)),
  diff: (w, shadow, value) => (value === breaks['type diff'] ? bang('type diff') : u8.diff(w, shadow, value)),
  copy: (value) => (value === breaks['type copy'] ? bang('type copy') : value),
  read(r) {
    const value = u8.read(r)
    return value === breaks['type read'] ? bang('type read') : value
  },
}

const spec = {
  options: { where: oneOf(...places) },
  state: { where: oneOf(...places), beats: uint, fragile },
  mine: { own: uint },
  hidden: { own: uint },
  inputs: { go: nothing, break: fragile },
  results: { done: uint },
  messages: { heard: nothing },
}
const faultySteady = protocol('faulty', 1, spec)
const faultyOnEvents = protocol('faulty-events', 1, spec)
type Faulty = typeof faultySteady

const rules: Rules<Faulty> = {
  create(_, { options }) {
    const { where } = options ?? { where: 'none' }
    if (where === 'create') bang(where)
    return { where, beats: 0, fragile: 0 }
  },
  hidden: (_, { options }) => (options?.where === 'hidden' ? bang('hidden') : { own: 0 }),
  mine: (room) => (room.state.where === 'mine' ? bang('mine') : { own: 0 }),
  join: (room) => throwAt(room, 'join'),
  leave: (room) => throwAt(room, 'leave'),
  away: (room) => throwAt(room, 'away'),
  back: (room) => throwAt(room, 'back'),
  late: (room) => throwAt(room, 'late'),
  tick(room) {
    room.state.beats += 1
    // Not before somebody has seen that the room runs.
    if (room.state.beats > 5) throwAt(room, 'tick')
  },
  inputs: {
    go(room) {
      throwAt(room, 'input')
      const { where } = room.state
      if (where === 'message') room.publish('heard')
      if (where === 'type write' || where === 'type diff') room.state.fragile = breaks[where]
      if (where === 'result') room.later(() => Promise.resolve(1), 'done')
      if (where === 'later') room.later(() => bang(where), 'done')
      if (where === 'work') room.later(() => Promise.reject(new Bang(where)), 'done')
      if (where === 'job') room.later(({ jobs }) => jobs.run(throwing, where), 'done')
    },
    break() {},
  },
  results: {
    done(room, outcome) {
      throwAt(room, 'result')
      if (!outcome.ok) room.state.fragile = 9
    },
  },
  messages: { heard: (room) => throwAt(room, 'message') },
}

const options: RoomOptions<Faulty> = {
  seats: 100,
  closeEmptyAfter: '1s',
  load: (_, asked) =>
    asked?.where === 'load' ? Promise.reject(new Bang('load')) : Promise.resolve(undefined),
  idle: (state) => (state.where === 'idle' && state.beats > 5 ? bang('idle') : false),
  deadline: (state) => (state.where === 'deadline' && state.beats > 1 ? bang('deadline') : undefined),
}

function throwAt(room: { readonly state: { readonly where: Where } }, where: Where): void {
  if (room.state.where === where) bang(where)
}

/** Rooms that throw where their creator says, at 50 Hz and on events. */
export const faulty: { of: Faulty; kind: RoomKind } = {
  of: faultySteady,
  kind: faultySteady.room(rules, { ...options, hz: 50 }),
}
export const faultyEvents: { of: Faulty; kind: RoomKind } = {
  of: faultyOnEvents as unknown as Faulty,
  kind: faultyOnEvents.room(rules as never, { ...options, hz: 'events' } as never),
}
