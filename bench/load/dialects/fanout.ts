/* The two servers of the bench `fanout`: so many messages for everybody at each tick. */
import { beat, MESSAGES } from '../../fanout/protocol.ts'
import type { Dialect } from '../dialects.ts'
import { LENGTHS, player } from './wire.ts'

/** hoopsnake: the messages are events of the one frame of the tick. */
export const events: Dialect = {
  path: () => `/r/${beat.name}`,
  talk: (client) => player(client, beat, {}),
}

/** The others: each message comes for itself. Its first byte is its number in the tick, its second how many there are. */
export const messages: Dialect = {
  path: () => '/',
  talk(client) {
    let there = false
    return {
      take(payload) {
        if (payload.length === LENGTHS.pong) return undefined
        if (payload.length !== MESSAGES.bytes) throw new Error(`${payload.length} bytes in a message`)
        if (payload[0]! + 1 < payload[1]!) return undefined
        const first = !there
        there = true
        return first ? 'in' : 'tick'
      },
      // As long as CONFIRM is, and as often as clients of ours send it that send nothing else.
      beat: () => client.send(new Uint8Array(LENGTHS.confirm)),
    }
  },
}
