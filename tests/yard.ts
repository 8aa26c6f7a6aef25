import { nothing, oneOf } from '../packages/hoopsnake/src/wire/atoms.ts'
import { map } from '../packages/hoopsnake/src/wire/map.ts'
import { f32, int, u8, uint } from '../packages/hoopsnake/src/wire/numbers.ts'
import { struct } from '../packages/hoopsnake/src/wire/struct.ts'
import { str } from '../packages/hoopsnake/src/wire/text.ts'
import { refuse } from '../packages/hoopsnake/src/core/errors.ts'
import type { StateOf } from '../packages/hoopsnake/src/core/protocol.ts'
import { protocol } from '../packages/hoopsnake/src/core/protocol.ts'
import type { Rules } from '../packages/hoopsnake/src/core/rules.ts'

const pace = oneOf('rest', 'walk', 'run')

/** A small game with something of everything, for tests: runners on a line. */
export const yard = protocol('yard', 1, {
  join: { name: str(15) },
  options: { length: uint },
  state: {
    length: uint,
    beats: uint,
    runners: map(uint, struct({ name: str(15), at: int, pace, gifts: u8 }), 64),
  },
  mine: { steps: uint },
  hidden: { treasure: uint },
  inputs: { go: pace, jump: int, rest: nothing, dig: nothing, mark: struct({ at: f32, text: str(8) }) },
  events: { found: struct({ seat: uint }), jumped: struct({ seat: uint, by: int }), status: str(8) },
})

const speed = { rest: 0, walk: 1, run: 3 }

/** Its rules: walking and jumping can be predicted, digging depends on chance. */
export const yardRules: Rules<typeof yard> = {
  create: (_, { options }) => ({ length: options?.length ?? 1000, beats: 0, runners: new Map() }),
  hidden: (room) => ({ treasure: room.int(4) }),
  mine: () => ({ steps: 0 }),
  join: (room, seat, { name }) => {
    if (name === '') return refuse('NAME_EMPTY', 'A runner needs a name.')
    room.state.runners.set(seat.id, { name, at: 0, pace: 'rest', gifts: 0 })
    room.send(seat, 'status', 'welcome')
    return undefined
  },
  leave: (room, seat) => void room.state.runners.delete(seat.id),
  inputs: {
    go: (room, seat, to) => void (room.state.runners.get(seat.id)!.pace = to),
    rest: (room, seat) => void (room.state.runners.get(seat.id)!.pace = 'rest'),
    jump(room, seat, by) {
      if (by > 9) return refuse('TOO_FAR', `nobody jumps ${by}`)
      seat.mine.steps += 1
      room.state.runners.get(seat.id)!.at += by
      room.broadcast('jumped', { seat: seat.id, by })
      return undefined
    },
    dig(room, seat) {
      const runner = room.state.runners.get(seat.id)!
      runner.pace = 'rest'
      if (room.int(4) !== room.hidden.treasure) return
      runner.gifts += 1
      room.send(seat, 'found', { seat: seat.id })
    },
    mark() {},
  },
  tick(room) {
    room.state.beats += 1
    for (const runner of room.state.runners.values()) runner.at += speed[runner.pace]
  },
}

/** A state of the yard with these runners. */
export function yardState(beats: number, ...at: readonly number[]): StateOf<typeof yard> {
  const runners = at.map(
    (x, i) => [i + 1, { name: `r${i + 1}`, at: x, pace: 'rest' as const, gifts: 0 }] as const,
  )
  return { length: 1000, beats, runners: new Map(runners) }
}
