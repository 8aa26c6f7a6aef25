import { rooms, type Rules } from 'hoopsnake'
import { beat, MESSAGES } from './protocol.ts'

const messages = Number(process.env['FANOUT_MESSAGES'])
const said = new Uint8Array(MESSAGES.bytes).fill(7)

const rules: Rules<typeof beat> = {
  create: () => ({ beats: 0 }),
  join() {},
  inputs: {},
  tick(room) {
    room.state.beats++
    for (let message = 0; message < messages; message++) room.broadcast('said', said)
  },
}

export default rooms(import.meta.url, {
  beat: beat.room(rules, { hz: 20, seats: 10_000, closeEmptyAfter: '30s' }),
})
