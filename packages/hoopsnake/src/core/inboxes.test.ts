import { expect, test } from 'vitest'
import { createInboxes } from './inboxes.ts'

interface Line {
  readonly message: string
  readonly topic: unknown
}

function inboxesWithLog(): { inboxes: ReturnType<typeof createInboxes>; lines: Line[] } {
  const lines: Line[] = []
  const inboxes = createInboxes(
    (_level, message, fields) => void lines.push({ message, topic: fields?.['topic'] }),
  )
  return { inboxes, lines }
}

test('[BS10] a full inbox drops its oldest messages, counts each, and logs once until it was empty', async () => {
  const { inboxes, lines } = inboxesWithLog()
  const heard: number[] = []
  inboxes.add('flood', (message) => void heard.push(new DataView(message.buffer).getUint32(0)))
  for (const round of [1, 2]) {
    for (let at = 0; at < 20_005; at++) {
      const message = new Uint8Array(4)
      new DataView(message.buffer).setUint32(0, at)
      inboxes.deliver('flood', message)
    }
    expect(inboxes.counts).toMatchObject({ pending: 20_000, dropped: 5 * round })
    await Promise.resolve()
    expect(heard.splice(0)).toEqual(Array.from({ length: 20_000 }, (_, at) => at + 5))
    expect(lines).toHaveLength(round)
  }
  expect(lines[0]).toEqual({
    message: 'an inbox of the bus is full: its oldest messages are dropped',
    topic: 'flood',
  })
  expect(inboxes.counts).toEqual({ delivered: 40_000, dropped: 10, pending: 0 })
})

test('[BS10] an inbox holds 32 MiB, whatever the number of messages', async () => {
  const { inboxes, lines } = inboxesWithLog()
  const heard: number[] = []
  inboxes.add('big', (message) => void heard.push(message[0]!))
  for (let at = 0; at < 40; at++) inboxes.deliver('big', new Uint8Array(1 << 20).fill(at))
  expect(inboxes.counts).toEqual({ delivered: 0, dropped: 8, pending: 32 })
  await Promise.resolve()
  expect(heard).toEqual(Array.from({ length: 32 }, (_, at) => at + 8))
  expect(lines).toHaveLength(1)
})

test('[BS10] what is published while others are handed over neither overtakes nor is lost', async () => {
  const { inboxes } = inboxesWithLog()
  const heard: number[] = []
  inboxes.add('more', ([at]) => {
    heard.push(at!)
    if (at! < 100) inboxes.deliver('more', Uint8Array.of(at! + 3))
  })
  for (const at of [0, 1, 2]) inboxes.deliver('more', Uint8Array.of(at))
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  expect(heard).toEqual(Array.from({ length: 103 }, (_, at) => at))
})
