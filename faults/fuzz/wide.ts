import {
  angle,
  bool,
  bytes,
  f32,
  f64,
  fixed,
  grid,
  i32,
  int,
  list,
  map,
  nothing,
  oneOf,
  optional,
  protocol,
  str,
  struct,
  trail,
  u16,
  u32,
  u8,
  uint,
} from 'hoopsnake'
import type { Rules } from 'hoopsnake'

const point = struct({ x: i32, y: optional(u8) })

/** One of each type, and some in one another. */
const fields = {
  bool,
  u8,
  u16,
  u32,
  i32,
  uint,
  int,
  f32,
  f64,
  fixed: fixed(-10, 10, 0.25),
  angle: angle(12),
  str: str(15),
  bytes: bytes(64),
  oneOf: oneOf('up', 'right', 'down', 'left'),
  optional: optional(str(3)),
  point,
  atoms: list(uint, 20),
  points: list(point, 20),
  names: map(str(8), uint, 20),
  things: map(uint, struct({ at: point, turns: list(u8, 3), tail: trail(u8, 20) }), 20),
  trail: trail(i32, 20),
  grid: grid(4, 3),
}

/** A game with every type as state and as input: what a client says becomes the state. */
export const wide = protocol('wide', 1, {
  join: { name: str(15), at: point },
  options: { seats: u8, names: list(str(15), 5) },
  state: { last: optional(struct(fields)), beats: uint, ...optionals() },
  mine: { said: uint },
  inputs: { ...fields, all: struct(fields), nothing },
  events: { said: struct({ seat: uint, what: str(15) }) },
})

function optionals() {
  const { bool: _, optional: __, ...rest } = fields
  return Object.fromEntries(
    Object.entries(rest).map(([name, type]) => [`s_${name}`, optional(type as never)]),
  ) as never as {}
}

type Wide = typeof wide

const inputs = Object.fromEntries(
  Object.keys(fields).map((name) => [
    name,
    (room: { state: Record<string, unknown> }, seat: { mine: { said: number } }, value: unknown) => {
      seat.mine.said += 1
      if (`s_${name}` in room.state) room.state[`s_${name}`] = value
    },
  ]),
)

const rules = {
  create: () => ({
    last: undefined,
    beats: 0,
    ...Object.fromEntries(
      Object.keys(fields)
        .filter((name) => name !== 'bool' && name !== 'optional')
        .map((name) => [`s_${name}`, undefined]),
    ),
  }),
  mine: () => ({ said: 0 }),
  inputs: {
    ...inputs,
    all: (room: { state: { last: unknown } }, _: unknown, value: unknown) => void (room.state.last = value),
    nothing(room: { broadcast: (event: string, value: unknown) => void }, seat: { id: number }) {
      room.broadcast('said', { seat: seat.id, what: 'nothing' })
    },
  },
  tick: (room: { state: { beats: number } }) => void (room.state.beats += 1),
} as unknown as Rules<Wide>

export const wideRoom = wide.room(rules, {
  hz: 20,
  seats: 8,
  watchers: 8,
  holdSeat: '1s',
  closeEmptyAfter: '1s',
  inputs: { perSecond: 1000, burst: 2000 },
  save: { every: '1s' },
})
