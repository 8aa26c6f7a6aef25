import { expect, test } from 'vitest'
import type { Bus } from '../../core/bus.ts'
import type { VirtualClock } from '../../core/clock.ts'
import { signal } from '../../core/signal.ts'
import { requestCases } from './busRequests.ts'
import { bytes, ear, type LogBook, settle } from './ears.ts'

/** A bus under test: two of its ends, which may be one. */
export interface BusCase {
  readonly bus: Bus
  /** Another end: the other server. */
  readonly other: Bus
  /** The clock of both. */
  readonly clock: VirtualClock
  /** What both logged. */
  readonly log: LogBook
  /** Takes away what the case made. */
  readonly clean?: () => void | Promise<void>
}

/** Declares one test: on two fresh ends, which are closed afterwards. */
export type Check = (rule: string, run: (given: BusCase) => Promise<void>) => void

/** Declares the tests that every bus passes; `make` gives new ends of a new bus each time. */
export function busContract(name: string, make: () => BusCase | Promise<BusCase>): void {
  const check: Check = (rule, run) => {
    test(`${rule} (${name})`, async () => {
      const given = await make()
      try {
        await run(given)
      } finally {
        await given.bus.close()
        await given.other.close()
        await given.clean?.()
      }
    })
  }
  messages(check)
  listeners(check)
  wrongs(check)
  requestCases(check)
}

function messages(check: Check): void {
  check(
    '[BS1] a message reaches all who listen to its topic, at both ends, and nobody else',
    async (given) => {
      const { bus, other } = given
      const ears = [ear(bus, 'chat'), ear(bus, 'chat'), ear(other, 'chat')]
      const deaf = [ear(bus, 'chat/'), ear(other, 'Chat'), ear(bus, 'cha*'), ear(bus, 'settle')]
      await settle(other)
      bus.publish('chat', bytes(1, 2))
      await Promise.all(ears.map(({ until }) => until(1)))
      other.publish('chat', bytes(3))
      await Promise.all(ears.map(({ until }) => until(2)))
      for (const { heard } of ears) expect(heard).toEqual([[1, 2], [3]])
      for (const { heard } of deaf) expect(heard).toEqual([])
    },
  )

  check('[BS1] who comes later hears nothing of before', async ({ bus }) => {
    bus.publish('chat', bytes(1))
    const late = ear(bus, 'chat')
    bus.publish('chat', bytes(2))
    await late.until(1)
    expect(late.heard.at(-1)).toEqual([2])
    expect(late.heard).toHaveLength(1)
  })

  check('[BS2] messages come in order, never in the turn of their publishing', async ({ bus, other }) => {
    const near = ear(bus, 'n')
    const far = ear(other, 'n')
    await settle(other)
    const sent = Array.from({ length: 10_000 }, (_, at) => [at & 255, at >> 8])
    for (const values of sent) bus.publish('n', bytes(...values))
    expect(near.heard).toEqual([])
    await Promise.all([near.until(sent.length), far.until(sent.length)])
    expect(near.heard).toEqual(sent)
    expect(far.heard).toEqual(sent)
    expect(bus.counts.dropped + other.counts.dropped).toBe(0)
  })

  check('[BS2] what a listener publishes comes in a later turn', async ({ bus }) => {
    const order: string[] = []
    const done = signal<void>()
    bus.subscribe('ping', () => {
      bus.publish('pong', bytes())
      order.push('ping is over')
    })
    bus.subscribe('pong', () => {
      order.push('pong')
      done.emit()
    })
    const over = done.next()
    bus.publish('ping', bytes())
    await over
    expect(order).toEqual(['ping is over', 'pong'])
  })

  check('[BS3] any bytes come whole, none at all and a megabyte too', async ({ bus, other }) => {
    const all = Uint8Array.from({ length: 256 }, (_, at) => at)
    const big = Uint8Array.from({ length: 1 << 20 }, (_, at) => at * 31)
    const { until, heard } = ear(other, 'any')
    await settle(other)
    // A window on a larger buffer: only what it shows is the message.
    for (const message of [all, bytes(), Uint8Array.of(9, 13, 10, 0, 9).subarray(1, 4), big])
      bus.publish('any', message)
    await until(4)
    expect(heard.slice(0, 3)).toEqual([Array.from(all), [], [13, 10, 0]])
    expect(Buffer.compare(Uint8Array.from(heard[3]!), big)).toBe(0)
  })

  check('[BS3] no two ends share a buffer', async ({ bus }) => {
    const message = bytes(1, 2, 3)
    const got: Uint8Array[] = []
    const tear = (heard: Uint8Array): void => {
      got.push(heard.slice())
      new Uint8Array(heard.buffer).fill(9)
    }
    bus.subscribe('torn', tear)
    bus.subscribe('torn', tear)
    const last = ear(bus, 'torn')
    bus.publish('torn', message)
    message.fill(7)
    await last.until(1)
    expect(got.map((one) => Array.from(one))).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
    expect(last.heard).toEqual([[1, 2, 3]])
    expect(message).toEqual(bytes(7, 7, 7))

    bus.respond('torn', (asked) => {
      tear(asked)
      return message
    })
    const question = bytes(4)
    const answer = bus.request('torn', question)
    question.fill(8)
    new Uint8Array((await answer).buffer).fill(9)
    expect(got.at(-1)).toEqual(bytes(4))
    expect(message).toEqual(bytes(7, 7, 7))
  })
}

function listeners(check: Check): void {
  check('[BS4] who stops listening hears nothing more, not even what came before', async ({ bus }) => {
    const heard: string[] = []
    const listener = (): void => void heard.push('twice')
    const stops = [bus.subscribe('x', listener), bus.subscribe('x', listener)]
    const stay = ear(bus, 'x')
    bus.publish('x', bytes(1))
    await stay.until(1)
    expect(heard).toEqual(['twice', 'twice'])
    bus.publish('x', bytes(2))
    stops[0]!()
    stops[0]!()
    await stay.until(2)
    expect(heard).toEqual(['twice', 'twice', 'twice'])
    stops[1]!()
    stay.stop()
    bus.publish('x', bytes(3))
    await settle(bus)
    expect(heard).toHaveLength(3)
    expect(stay.heard).toEqual([[1], [2]])
    const again = ear(bus, 'x')
    bus.publish('x', bytes(4))
    await again.until(1)
    expect(again.heard).toEqual([[4]])
    expect(bus.counts).toMatchObject({ pending: 0, dropped: 0 })
  })

  check('[BS4] to stop twice stops nobody else', async ({ bus }) => {
    const stop = bus.subscribe('x', () => {})
    const stay = ear(bus, 'x')
    const leave = bus.respond('x', () => bytes(1))
    bus.respond('x', () => bytes(2))
    for (const end of [stop, stop, leave, leave]) end()
    await settle(bus)
    bus.publish('x', bytes(1))
    await stay.until(1)
    expect(await bus.request('x', bytes())).toEqual(bytes(2))
  })

  check('[BS4] a listener that stops in the midst of messages hears no other', async ({ bus }) => {
    let count = 0
    const stop = bus.subscribe('x', () => {
      count += 1
      stop()
    })
    const last = ear(bus, 'x')
    for (let at = 0; at < 5; at++) bus.publish('x', bytes(at))
    await last.until(5)
    expect(count).toBe(1)
  })

  check('[BS5] a listener that throws is logged and disturbs nobody', async ({ bus, log }) => {
    bus.subscribe('x', () => {
      throw new Error('first')
    })
    // oxlint-disable-next-line typescript/no-misused-promises -- what a careless program does
    bus.subscribe('x', async () => {
      throw new Error('second')
    })
    const well = ear(bus, 'x')
    bus.publish('x', bytes(1))
    bus.publish('x', bytes(2))
    await well.until(2)
    await settle(bus)
    const errors = log.lines.map(({ level, error }) => `${level} ${(error as Error).message}`)
    expect(errors.sort()).toEqual(['error first', 'error first', 'error second', 'error second'])
    expect(log.lines[0]).toMatchObject({ message: 'a listener of the bus failed', topic: 'x' })
  })
}

function wrongs(check: Check): void {
  check('[BS6] what is no topic or no message is refused with the right form', async ({ bus }) => {
    const topics = ['', 'a\n', '\u0000', '\u009f', 'x'.repeat(201), '\ud800', undefined, 7] as string[]
    for (const topic of topics) {
      const words =
        /is not a topic; give 1 … 200 characters, none of them a control character, e\.g\. 'chat\/lobby'/
      expect(() => bus.publish(topic, bytes())).toThrow(words)
      expect(() => bus.subscribe(topic, () => {})).toThrow(TypeError)
      expect(() => bus.respond(topic, () => bytes())).toThrow(TypeError)
      await expect(bus.request(topic, bytes())).rejects.toThrow(words)
    }
    for (const message of ['text', undefined, [1], new ArrayBuffer(1)] as unknown[] as Uint8Array[]) {
      expect(() => bus.publish('x', message)).toThrow(/give a Uint8Array/)
      await expect(bus.request('x', message)).rejects.toThrow(TypeError)
    }
    const tooLarge = { code: 'TOO_LARGE', message: expect.stringContaining('1048577 bytes') as string }
    expect(() => bus.publish('x', new Uint8Array((1 << 20) + 1))).toThrow(expect.objectContaining(tooLarge))
    await expect(bus.request('x', new Uint8Array((1 << 20) + 1))).rejects.toMatchObject(tooLarge)
    expect(bus.counts).toMatchObject({ published: 0, requests: 0 })
  })

  check('[BS6] any other text is a topic', async ({ bus }) => {
    for (const topic of ['x'.repeat(200), ' ', '🐍', '*', 'a?[b]', '__proto__', "'; --", 'é', 'e\u0301']) {
      const { until, heard } = ear(bus, topic)
      bus.respond(topic, (message) => message)
      bus.publish(topic, bytes(1))
      await until(1)
      expect(heard).toEqual([[1]])
      expect(await bus.request(topic, bytes(2))).toEqual(bytes(2))
    }
  })
}
