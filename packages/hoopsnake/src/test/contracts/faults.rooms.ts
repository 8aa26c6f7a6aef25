import { rooms } from '../../core/kind.ts'
import { protocol } from '../../core/protocol.ts'
import { bool, nothing } from '../../wire/atoms.ts'
import { uint } from '../../wire/numbers.ts'
import { str } from '../../wire/text.ts'

/** A game that hands over what cannot cross to another thread, and never returns where no tick is made. */
export const smuggler = protocol('smuggler', 1, {
  options: { exit: bool },
  state: { beats: uint, idle: uint },
  inputs: { publish: nothing, store: nothing, nasty: nothing, idle: nothing, work: nothing, hang: nothing },
  results: { told: str(200) },
  events: { told: str(200) },
})

const whatever = (value: unknown): never => value as never

const kind = smuggler.room(
  {
    create(_, { options }) {
      if (options?.exit) process.exit(3)
      return { beats: 0, idle: 0 }
    },
    inputs: {
      publish(room) {
        room.later(async ({ bus }) => {
          bus.publish('a', whatever('text'))
          return 'published'
        }, 'told')
      },
      store(room) {
        const nothing = whatever(() => 1)
        room.later(async ({ store }) => {
          await store.put('k', nothing)
          return 'stored'
        }, 'told')
      },
      nasty() {
        throw Object.defineProperty(new Error('x'), 'stack', {
          get(): never {
            throw new Error('looked at')
          },
        })
      },
      idle: (room) => void (room.state.idle = 1),
      work(room) {
        room.later(async () => {
          for (;;);
        }, 'told')
      },
      hang() {
        for (;;);
      },
    },
    results: {
      told: (room, outcome) =>
        room.broadcast('told', outcome.ok ? outcome.value : outcome.message.slice(0, 200)),
    },
    tick: (room) => void (room.state.beats += 1),
  },
  {
    hz: 50,
    save: { every: '100ms' },
    idle(state) {
      // Some time after it was saved: the room that opens again does the same.
      if (state.idle > 0 && ++state.idle > 20) for (;;);
      return false
    },
  },
)

export default rooms(import.meta.url, { kind })
