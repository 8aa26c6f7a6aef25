import { expect, test } from 'vitest'
import { writeFull, writeOwn } from '../../core/frames/tick.ts'
import type { Arrival } from '../../core/link.ts'
import { uint } from '../../wire/numbers.ts'
import { struct } from '../../wire/struct.ts'
import { Writer } from '../../wire/writer.ts'
import { arrivalAgain, type Client, tickOf } from './client.ts'

const stamp = { epoch: 3, tick: 1234 }
const head = { wire: 1, protocol: 'pit', hash: 0, ticket: '' }

function frame(write: (w: Writer) => void): Uint8Array {
  const w = new Writer()
  write(w)
  return w.take()
}

function clientOf(hello: Arrival['hello']): Client {
  const pipe = { write() {}, close() {}, queued: 0 }
  const arrival = { hello, code: 'AAAAAA', user: undefined, address: 'test' }
  const inputs = { sent: 0, acked: 0 }
  return { id: 1, pipe, arrival, crew: 0, ...stamp, ...inputs, pong: undefined, waiting: false, failures: 0 }
}

test('[SE15] who is brought back from a thread that ended brings the newest tick that it may have', () => {
  expect(tickOf(frame((w) => writeFull(w, stamp, struct({ x: uint }), { x: 7 })))).toBe(1234)
  expect(tickOf(frame((w) => writeOwn(w, stamp, { ack: 1 })))).toBe(0)
  const seated = clientOf({ ...head, intent: 'resume', token: 'T', epoch: 0, tick: 0 })
  expect(arrivalAgain(seated).hello).toMatchObject({ epoch: 0, tick: 1234 })
})

test('[SE15] who was not in yet arrives again as it did', () => {
  const back = clientOf({ ...head, intent: 'resume', token: 'T', epoch: 2, tick: 9 })
  const watcher = clientOf({ ...head, intent: 'watch' })
  for (const client of [back, watcher]) expect(arrivalAgain(client)).toBe(client.arrival)
})
