import { expect, test } from 'vitest'
import { virtualClock } from '../../core/clock.ts'
import type { Hello } from '../../core/frames/hello.ts'
import { createRandom } from '../../core/random.ts'
import { type Drain, startDrain } from './drain.ts'

/** So many clients that are sent away over `within` ms, and when each was. */
function drained(count: number, within: number) {
  const clock = virtualClock()
  const chance = createRandom(7)
  const sent: { readonly client: number; readonly at: number }[] = []
  const told: number[][] = []
  const clients = Array.from({ length: count }, (_, client) => {
    const line = {
      open: true,
      close(code: number, reason: string) {
        if (!line.open) return
        line.open = false
        expect([code, reason]).toEqual([4002, 'STOPPING'])
        sent.push({ client, at: clock.now() })
      },
    }
    return { line, session: { tell: (frame: Uint8Array) => told.push([...frame]) } }
  })
  let over: number | undefined
  const drain: Drain = startDrain({ clock, random: () => chance.next() }, clients, within)
  void drain.done.then(() => (over = clock.now()))
  return { clock, clients, drain, sent, told, over: () => over }
}

test('[OP12] everybody is told how long it has, and goes one by one, in any order, evenly, the last at the end', async () => {
  const { clock, sent, told, over } = drained(5, 10_000)
  expect(told).toEqual(Array.from({ length: 5 }, () => [9, 0x90, 0x4e]))
  clock.advance(9999)
  expect(sent.map(({ at }) => at)).toEqual([2000, 4000, 6000, 8000])
  clock.advance(1)
  expect(new Set(sent.map(({ client }) => client)).size).toBe(5)
  expect(sent.map(({ client }) => client)).not.toEqual([0, 1, 2, 3, 4])
  await Promise.resolve()
  expect(over()).toBe(10_000)
  expect(clock.next).toBeUndefined()
})

test('[OP12] ten thousand clients go within a second, a hundredth in each hundredth of it', () => {
  const { clock, sent } = drained(10_000, 1000)
  for (let i = 1; i <= 100; i++) {
    clock.advance(10)
    expect(Math.abs(sent.length - 100 * i)).toBeLessThanOrEqual(100)
  }
  expect(sent).toHaveLength(10_000)
})

test('[OP12] who leaves by itself gives the others its time; when nobody is left it is over', async () => {
  const { clock, clients, sent, over } = drained(4, 8000)
  clock.advance(2000)
  expect(sent).toHaveLength(1)
  for (const { line } of clients.slice(0, 4)) if (line.open && sent.length < 3) line.open = false
  clock.advance(2000)
  await Promise.resolve()
  expect(over()).toBe(4000)
})

test('[OP12] it can be ended, and nothing waits on the clock then', async () => {
  const { clock, drain, sent, over } = drained(3, 9000)
  clock.advance(3000)
  drain.end()
  await Promise.resolve()
  expect([over(), sent.length, clock.next]).toEqual([3000, 1, undefined])
})

test('[OP11] those who wait are spread over seconds', () => {
  const { drain } = drained(1, 60_000)
  const waits = Array.from({ length: 200 }, () => drain.wait({ intent: 'resume' } as Hello)!)
  expect([Math.min(...waits) >= 1000, Math.max(...waits) <= 5000]).toEqual([true, true])
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(3000)
})
