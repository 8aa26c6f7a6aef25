import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Up } from './messages.ts'
import { createPipes } from './pipes.ts'

/** A batch that is flushed by hand. */
function handBatch() {
  const posted: Up[][] = [[]]
  return {
    posted,
    number: 0,
    post(message: Up) {
      posted.at(-1)!.push(message)
    },
    flush() {
      this.number++
      posted.push([])
    },
  }
}

test('[PL9] a frame for many crosses once, with what is their own', () => {
  const batch = handBatch()
  const pipes = createPipes(batch)
  const [a, b, c] = [pipes.open(1), pipes.open(2), pipes.open(3)]
  const [shared, own] = [Uint8Array.of(6, 6), Uint8Array.of(7)]
  a.write(shared)
  b.write(shared, own)
  c.write(shared)
  expect(batch.posted).toEqual([
    [{ do: 'write', frame: shared, to: [1, 2, 3], own: [undefined, own, undefined] }],
  ])
})

test('[PL10] every connection gets its frames in the order in which they were written', () => {
  const step = fc.record({ pipe: fc.nat(3), frame: fc.nat(2), own: fc.boolean(), flush: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const batch = handBatch()
      const pipes = createPipes(batch)
      const open = [0, 1, 2, 3].map((id) => pipes.open(id))
      const frames = [0, 1, 2].map((n) => Uint8Array.of(n))
      const wrote: string[][] = [[], [], [], []]
      steps.forEach(({ pipe, frame, own, flush }, n) => {
        if (flush) batch.flush()
        const first = Uint8Array.of(100 + n)
        wrote[pipe]!.push(...(own ? [String(first)] : []), String(frames[frame]))
        if (own) open[pipe]!.write(frames[frame]!, first)
        else open[pipe]!.write(frames[frame]!)
      })
      const read: string[][] = [[], [], [], []]
      for (const message of batch.posted.flat()) {
        if (message.do !== 'write') continue
        message.to.forEach((id, i) => {
          const own = message.own[i]
          read[id]!.push(...(own ? [String(own)] : []), String(message.frame))
        })
      }
      expect(read).toEqual(wrote)
    }),
  )
})

test('[PL11] bytes that wait are what the sockets say, and what was written since', () => {
  const pipes = createPipes(handBatch())
  const pipe = pipes.open(1)
  pipe.write(new Uint8Array(10), new Uint8Array(20))
  expect(pipe.queued).toBe(30)
  pipes.queued([[1, 500]])
  expect(pipe.queued).toBe(500)
  pipe.write(new Uint8Array(5))
  expect(pipe.queued).toBe(505)
  pipes.queued([[1, 0]])
  expect(pipe.queued).toBe(0)
})
