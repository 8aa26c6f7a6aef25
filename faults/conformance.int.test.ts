import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeHello } from '../packages/hoopsnake/src/core/frames/hello.ts'
import { down, WIRE } from '../packages/hoopsnake/src/core/frames/kinds.ts'
import type { RoomKind } from '../packages/hoopsnake/src/core/kind.ts'
import type { Place } from '../packages/hoopsnake/src/server/place/place.ts'
import { serve, type Server } from '../packages/hoopsnake/src/server/serve.ts'
import { Writer } from '../packages/hoopsnake/src/wire/writer.ts'
import { type Case, cases } from './conformance.ts'
import { dialWire, type Frame, opcodes } from './websocket.ts'

const rooms = { url: import.meta.url, kinds: new Map([['echo', {} as RoomKind]]) }

/** Gives every message back. */
const echo: Place = async () => ({
  link: {
    connect(pipe) {
      pipe.write(Uint8Array.of(down.WELCOME))
      return { receive: (frame) => pipe.write(Uint8Array.from(frame)), lost() {} }
    },
    list: () => Promise.resolve([]),
  },
  counts: { rooms: 0, seats: 0, watchers: 0, ticks: 0 },
  reports: [],
  stop: () => Promise.resolve(),
})

let server: Server
beforeAll(async () => {
  server = await serve({ rooms, place: echo, log() {}, port: 0, host: '127.0.0.1', signals: false })
})
afterAll(() => server.stop())

function hello(): Uint8Array {
  const w = new Writer()
  writeHello(w, { wire: WIRE, protocol: 'echo', hash: 1, ticket: '', intent: 'watch' })
  return w.take()
}

/** Sends what a case says; gives what came back, up to and without the close. */
async function tried({
  sent,
  chopped,
  ends,
}: Case): Promise<{ answers: [number, string][]; ends: number | undefined }> {
  const heard: Frame[] = []
  const welcome = Promise.withResolvers<void>()
  const last = Promise.withResolvers<void>()
  const wire = await dialWire(server.port, '/r/echo', (frame) => {
    if (heard.push(frame) === 1) welcome.resolve()
    // What is asked last, so that what was answered before is all.
    if (frame.payload.equals(Buffer.from('last'))) last.resolve()
  })
  wire.send(hello())
  await welcome.promise
  const bytes = Buffer.concat(sent)
  if (chopped === true) for (const byte of bytes) wire.socket.write(Buffer.of(byte))
  else wire.socket.write(bytes)
  if (ends === undefined) wire.send(Buffer.from('last'))
  const how = await Promise.race([wire.ended, last.promise])
  wire.socket.destroy()
  // Before it closes, the protocol says in words why.
  const words = ({ opcode, payload }: Frame): boolean =>
    opcode === opcodes.BINARY && payload[0] === down.REFUSED
  const answers = heard
    .slice(1, how === undefined ? -1 : undefined)
    .filter((frame) => frame.opcode !== opcodes.CLOSE && !words(frame))
    .map(({ opcode, payload }): [number, string] => [opcode, payload.toString('hex')])
  return { answers, ends: how as number | undefined }
}

test('[GW23] the cases of the Autobahn test suite that apply end as RFC 6455 asks', async () => {
  expect(cases.length).toBeGreaterThan(90)
  const results = await Promise.all(cases.map(async (one) => ({ name: one.name, ...(await tried(one)) })))
  expect(results).toEqual(
    cases.map(({ name, answers, ends }) => ({
      name,
      answers: answers.map(([opcode, payload]) => [opcode, payload.toString('hex')]),
      ends,
    })),
  )
})
