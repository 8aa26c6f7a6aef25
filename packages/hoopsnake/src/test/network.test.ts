import { beforeEach, describe, expect, test } from 'vitest'
import type { Line } from '../client/dial.ts'
import type { VirtualClock } from '../core/clock.ts'
import { virtualClock } from '../core/clock.ts'
import { writeHello } from '../core/frames/hello.ts'
import { WIRE } from '../core/frames/kinds.ts'
import type { Arrival, Link } from '../core/link.ts'
import type { Pipe } from '../core/pipe.ts'
import { createRandom } from '../core/random.ts'
import { Writer } from '../wire/writer.ts'
import type { Carrier, Net } from './network.ts'
import { createCarrier } from './network.ts'

let clock: VirtualClock
let pipe: Pipe
let arrival: Arrival
/** What came, and when: at the server, and at the client. */
let up: [what: unknown, at: number][]
let down: [what: unknown, at: number][]
let sent: number[]

beforeEach(() => {
  clock = virtualClock()
  up = []
  down = []
  sent = []
})

const link: Link = {
  connect(to, who) {
    pipe = to
    arrival = who
    return { receive: ([n]) => up.push([n, clock.now()]), lost: () => up.push(['lost', clock.now()]) }
  },
  list: () => Promise.resolve([]),
}

function hello(): Uint8Array {
  const w = new Writer()
  writeHello(w, { wire: WIRE, protocol: 'den', hash: 1, ticket: '', intent: 'watch' })
  return w.take()
}

/** Dials and says HELLO; returns when the server has it. */
function dial(net: Net, seed = 1): { line: Line; carrier: Carrier } {
  const random = createRandom(seed)
  const carrier = createCarrier({
    clock,
    net,
    random: () => random.next(),
    link: () => link,
    user: 'ann',
    run: (act) => act(),
    sent: (frame) => sent.push(frame.length),
  })
  const line = carrier.dial('/r/den/AB%20C', {
    open: () => line.send(hello()),
    frame: ([n]) => down.push([n, clock.now()]),
    closed: (code) => down.push([`closed ${code}`, clock.now()]),
  })
  clock.advance(10_000)
  return { line, carrier }
}

const numbers = (list: [unknown, number][]): unknown[] => list.map(([n]) => n)

describe('the way between a client and a server', () => {
  test('[CL22] takes its latency each way, and brings HELLO, code and user to the link', () => {
    const { line } = dial({ latency: 50 })
    expect(arrival).toMatchObject({ code: 'AB C', user: 'ann', hello: { protocol: 'den', intent: 'watch' } })
    line.send(Uint8Array.of(1))
    pipe.write(Uint8Array.of(3), Uint8Array.of(2))
    clock.advance(1000)
    expect(sent).toEqual([1, 1])
    expect(up).toEqual([[1, 10_050]])
    expect(down).toEqual([
      [2, 10_050],
      [3, 10_050],
    ])
  })

  test.each([1, 2, 3, 4, 5])(
    '[CL22] loses, repeats and reorders nothing; loss is delay (seed %i)',
    (seed) => {
      const { line } = dial({ latency: 40, jitter: 40, loss: 0.2 }, seed)
      const sent = Array.from({ length: 200 }, (_, i) => i)
      for (const n of sent) {
        line.send(Uint8Array.of(n))
        clock.advance(5)
      }
      clock.advance(60_000)
      expect(numbers(up)).toEqual(sent)
      const waits = up.map(([n, at]) => at - 10_000 - 5 * (n as number))
      expect(Math.max(...waits)).toBeGreaterThanOrEqual(200)
    },
  )

  test('[CL22] a cut stops everything unnoticed, and what was stopped comes in order when it heals', () => {
    const { line, carrier } = dial({ latency: 10 })
    pipe.write(Uint8Array.of(1))
    carrier.cut()
    pipe.write(Uint8Array.of(2, 2))
    line.send(Uint8Array.of(3))
    clock.advance(5000)
    expect([up, down]).toEqual([[], []])
    expect(pipe.queued).toBe(3)
    carrier.heal()
    pipe.write(Uint8Array.of(4))
    clock.advance(1000)
    expect(numbers(down)).toEqual([1, 2, 4])
    expect(numbers(up)).toEqual([3])
    expect(pipe.queued).toBe(0)
  })

  test('[CL22] what set out before a cut heals does not overtake what the cut has stopped', () => {
    const { line, carrier } = dial({ latency: 50 })
    carrier.cut()
    line.send(Uint8Array.of(1))
    clock.advance(60)
    // On its way when the cut heals.
    line.send(Uint8Array.of(2))
    clock.advance(10)
    carrier.heal()
    clock.advance(20)
    line.send(Uint8Array.of(3))
    clock.advance(1000)
    expect(numbers(up)).toEqual([1, 2, 3])
  })

  test('[CL22] a line that breaks is noticed at both ends, and nothing comes after', () => {
    const { carrier } = dial({ latency: 10 })
    pipe.write(Uint8Array.of(1))
    carrier.drop()
    pipe.write(Uint8Array.of(2))
    clock.advance(1000)
    expect(up).toEqual([['lost', 10_000]])
    expect(down).toEqual([['closed 1006', 10_000]])
  })

  test('[CL22] closing lets pass what was written before, at either end', () => {
    const { line } = dial({ latency: 10 })
    line.send(Uint8Array.of(1))
    line.close(4000, '')
    clock.advance(1000)
    expect(up).toEqual([
      [1, 10_010],
      ['lost', 10_010],
    ])
    expect(down).toEqual([['closed 4000', 10_020]])
    down = []
    dial({})
    pipe.write(Uint8Array.of(5))
    pipe.close(4001, 'KICKED')
    clock.advance(1000)
    expect(numbers(down)).toEqual([5, 'closed 4001'])
  })
})
