import type { Room, Rules } from 'hoopsnake'
import type { Talk } from './protocol.ts'

/** What every example does besides its own idea: it answers keys, hands text on, and counts who is there. */
export const echo = {
  create: () => ({ players: 0 }),
  hidden: () => ({ deadline: 0, rooms: new Map() }),
  join: (room) => void (room.state.players += 1),
  leave: (room) => void (room.state.players -= 1),
  inputs: {
    key: (room, seat, code) => room.send(seat, 'said', `Pressed key code: ${code}`),
    say: (room, seat, text) => room.broadcast('said', `Player ${seat.id}: ${text}`),
  },
  results: {
    worked: (room, outcome) =>
      room.broadcast('said', outcome.ok ? outcome.value : `${outcome.code}: ${outcome.message}`),
  },
  messages: {
    news: (room, text) => room.broadcast('said', text),
    here() {},
  },
} satisfies Rules<Talk>

/** Gives these rules, and what else a key does. */
export function echoAnd(also: (room: Room<Talk>, code: number) => void): Rules<Talk> & typeof echo {
  const { inputs } = echo
  return {
    ...echo,
    inputs: {
      ...inputs,
      key(room, seat, code) {
        inputs.key(room, seat, code)
        also(room, code)
      },
    },
  }
}
