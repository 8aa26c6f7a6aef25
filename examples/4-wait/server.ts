// 4. Waiting for several things. A room is told of a message, a tick, a timer and another process alike, each as it
// comes, and none is lost: all enter through its one inbox. Outside of rooms, `any` waits for whichever comes first.
// Watch: who leaves takes nothing with it; the others' ticks go on.
import { fork } from 'node:child_process'
import { any, rooms, type Rules, type Source } from 'hoopsnake'
import { serve } from 'hoopsnake/server'
import { echoAnd } from '../echo.ts'
import { talk, type Talk } from '../protocol.ts'
import { hz, seconds, settings } from '../settings.ts'

const rules: Rules<Talk> = {
  // A message; and a timer: in a room, that is a field with the tick at which it falls due.
  ...echoAnd((room) => (room.hidden.deadline = room.after(seconds(5)))),
  tick(room) {
    if (room.tick % 20 === 0) room.broadcast('said', 'tick')
    if (room.tick === room.hidden.deadline) room.broadcast('said', 'Nobody has pressed a key for 5 seconds.')
  },
}
const hall = talk.room(rules, { hz })
const server = await serve({ rooms: rooms(import.meta.url, { hall }), ...settings })
console.log(`Waiting for several things: ${server.url}`)

const child = fork(new URL('./other.ts', import.meta.url))
const from = <T>(event: string): Source<T> => ({
  on(listener) {
    child.on(event, listener)
    return () => void child.off(event, listener)
  },
})
const stopped = new AbortController()
const events = any(
  { message: from<string>('message'), exit: from<number>('exit') },
  { abort: stopped.signal },
)
void server.done.finally(() => stopped.abort())
for await (const event of events) {
  const text = event.from === 'message' ? event.value : `The other process ended: ${event.value}.`
  server.publish(talk, 'news', text)
}
child.kill()
