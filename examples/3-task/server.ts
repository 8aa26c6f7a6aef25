// 3. A loop in the hand: it is a Task. S stops it at once, R runs it again, F makes its next tick fail.
// Watch: stopped is not failed. A failure is told to everybody and to the log, once; then, too, R runs it again.
import { createLoops, rooms, type Loop } from 'hoopsnake'
import { realClock, serve } from 'hoopsnake/server'
import { echoAnd } from '../echo.ts'
import { talk } from '../protocol.ts'
import { hz, settings } from '../settings.ts'

const loops = createLoops(realClock())
const tell = (text: string): void => server.publish(talk, 'news', text)
let loop: Loop | undefined
let broken = false

function run(): void {
  // One that runs still would go on beside the new one; one that has ended minds nothing.
  loop?.stop()
  broken = false
  loop = loops.start({ hz: hz / 20, step })
  loop.done.then(() => tell('The loop was stopped.'), failed)
}
function step(): void {
  if (broken) throw new Error('F was pressed')
  tell('tick')
}
function failed(error: Error): void {
  console.error(`The loop failed: ${error.message}`)
  tell(`The loop failed: ${error.message}`)
}
const acts: Record<string, () => unknown> = { S: () => loop?.stop(), R: run, F: () => (broken = true) }

const rules = echoAnd((room, code) => {
  const act = acts[String.fromCharCode(code)]
  // What reaches out of a room is slow work: rules may have to run twice, work is done once.
  if (act) room.later(async () => (act(), `Somebody pressed ${String.fromCharCode(code)}.`), 'worked')
})
const hall = talk.room(rules, { hz: 'events' })
const server = await serve({ rooms: rooms(import.meta.url, { hall }), ...settings })
console.log(`A loop in the hand: ${server.url}`)
run()
await server.done.finally(() => loop?.stop())
