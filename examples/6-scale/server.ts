// 6. Processes. Heavy work is done by child processes: it goes to them by key and by tick, and what they find comes
// back. Several of these servers share a chat and a number of players over Redis (REDIS_URL), and one address before
// them all: ../../deploy/haproxy.cfg. Watch: a child that is killed is replaced, and none outlives its server.
import { rooms, type Room, type Rules } from 'hoopsnake'
import { redisBus } from 'hoopsnake/redis'
import { jobProcesses, serve } from 'hoopsnake/server'
import { echoAnd } from '../echo.ts'
import { talk, type Talk } from '../protocol.ts'
import { hz, seconds, settings } from '../settings.ts'
import work, { primes } from './jobs.ts'

const find = (room: Room<Talk>, below: number): void =>
  room.later(({ jobs }) => jobs.run(primes, below), 'worked')
const base = echoAnd((room, code) => find(room, code * 10_000))
const rules: Rules<Talk> = {
  ...base,
  inputs: {
    ...base.inputs,
    say: (room, seat, text) => room.publish('news', `${room.code} ${seat.id}: ${text}`),
  },
  messages: {
    ...base.messages,
    // Each room says every second who is in it. One that falls silent is forgotten: its server may be dead.
    here: (room, { room: code, players }) =>
      room.hidden.rooms.set(code, { players, until: room.after(seconds(3)) }),
  },
  tick(room) {
    const { state, hidden, tick } = room
    if (tick % 20 === 0) find(room, 100_000)
    if (tick % 10 === 0) room.publish('here', { room: room.code, players: room.seats.size })
    for (const [code, { until }] of hidden.rooms) if (until < tick) hidden.rooms.delete(code)
    state.players = [...hidden.rooms.values()].reduce((sum, { players }) => sum + players, 0)
  },
}
const bus = await redisBus({ url: process.env['REDIS_URL'] })
const hall = rooms(import.meta.url, { hall: talk.room(rules, { hz, always: true }) })
const server = await serve({ rooms: hall, bus, jobs: jobProcesses(work), ...settings })
console.log(`Processes: ${server.url}`)
await server.done
