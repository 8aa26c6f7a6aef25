import { expect } from 'vitest'
import type { BusStatus } from '../../core/bus.ts'
import { refuse } from '../../core/errors.ts'
import { signal } from '../../core/signal.ts'
import type { Check } from './bus.ts'
import { bytes, ear, settle } from './ears.ts'

/** Declares what holds for requests, counts and the end of every bus. */
export function requestCases(check: Check): void {
  requests(check)
  failures(check)
  bounds(check)
  ends(check)
}

function requests(check: Check): void {
  check('[BS7] a request is answered by exactly one, wherever it is', async ({ bus, other }) => {
    const served: number[] = []
    const serve = (message: Uint8Array): Uint8Array => {
      served.push(message[0]!)
      return bytes(message[0]!, 1)
    }
    for (const end of [bus, bus, other, other]) end.respond('sum', serve)
    await settle(bus)
    await settle(other)
    const asked = Array.from({ length: 200 }, (_, at) => at)
    const answers = await Promise.all(
      asked.map((at) => (at % 2 === 0 ? bus : other).request('sum', bytes(at))),
    )
    expect(answers).toEqual(asked.map((at) => bytes(at, 1)))
    await settle(bus)
    await settle(other)
    expect(served.sort((a, b) => a - b)).toEqual(asked)
    expect(bus.counts.requests).toBe(0)
  })

  check('[BS7] those of one end take turns; topics and requests are apart', async ({ bus }) => {
    const turns: string[] = []
    const stops = ['a', 'b', 'c'].map((name) =>
      bus.respond('job', async (message) => {
        turns.push(name)
        return message
      }),
    )
    const published = ear(bus, 'job')
    for (let at = 0; at < 4; at++) await bus.request('job', bytes(at))
    expect(turns).toEqual(['a', 'b', 'c', 'a'])
    stops[1]!()
    stops[1]!()
    for (let at = 0; at < 2; at++) await bus.request('job', bytes(at))
    expect(turns.slice(4)).toEqual(['c', 'a'])
    expect(published.heard).toEqual([])
  })

  check(
    '[BS7] answers find their requests in any order, and may be empty or a megabyte',
    async ({ bus, other }) => {
      const waiting: (() => void)[] = []
      const all = Promise.withResolvers<void>()
      bus.respond('slow', async (message) => {
        const { promise, resolve } = Promise.withResolvers<void>()
        if (waiting.push(resolve) === 3) all.resolve()
        await promise
        return new Uint8Array(message[0]! === 2 ? 1 << 20 : message[0]!).fill(message[0]!)
      })
      await settle(bus)
      const answers = [0, 1, 2].map((at) => other.request('slow', bytes(at)))
      await all.promise
      for (const go of waiting.reverse()) go()
      expect((await Promise.all(answers)).map(({ length }) => length)).toEqual([0, 1, 1 << 20])
    },
  )

  check('[BS8] a request that nobody answers is rejected at once', async ({ bus }) => {
    const stop = bus.respond('gone', () => bytes())
    stop()
    for (const topic of ['never', 'gone'])
      await expect(bus.request(topic, bytes())).rejects.toMatchObject({ name: 'Refused', code: 'NO_ANSWER' })
    expect(bus.counts.requests).toBe(0)
  })

  check('[BS8] a request whose answer does not come in time is rejected', async ({ bus, clock }) => {
    const asked = signal<void>()
    const late = Promise.withResolvers<Uint8Array>()
    bus.respond('late', () => {
      asked.emit()
      return late.promise
    })
    for (const [timeout, ms] of [
      [undefined, 2000],
      ['3s', 3000],
      [500, 500],
    ] as const) {
      // prettier-ignore
      const heard = asked.next()
      const answer = bus.request('late', bytes(), { timeout })
      await heard
      clock.advance(ms - 1)
      expect(bus.counts.requests).toBe(1)
      clock.advance(1)
      await expect(answer).rejects.toMatchObject({
        code: 'NO_ANSWER',
        message: `nobody answered the request within ${ms} ms`,
      })
    }
    // Those answers come now, to nobody; the next one is not taken for them.
    bus.respond('next', (message) => message)
    late.resolve(bytes(1))
    expect(await bus.request('next', bytes(2))).toEqual(bytes(2))
    expect(bus.counts.requests).toBe(0)
    await expect(bus.request('late', bytes(), { timeout: 'soon' as '1s' })).rejects.toThrow(RangeError)
  })

  check('[BS8] a request can be given up', async ({ bus, clock }) => {
    const asked = signal<void>()
    bus.respond('late', () => {
      asked.emit()
      return new Promise(() => {})
    })
    const controller = new AbortController()
    const heard = asked.next()
    const answer = bus.request('late', bytes(), { signal: controller.signal })
    await heard
    controller.abort(new Error('not needed any more'))
    await expect(answer).rejects.toThrow('not needed any more')
    await expect(bus.request('late', bytes(), { signal: controller.signal })).rejects.toThrow('not needed')
    expect(bus.counts.requests).toBe(0)
    expect(clock.next).toBeUndefined()
  })
}

function failures(check: Check): void {
  check('[BS9] a refusal travels back with code and message', async ({ bus, other, log }) => {
    bus.respond('no', (message) => {
      const refusal = refuse('NOT_NOW', 'try at ½ past')
      if (message[0] === 0) return refusal
      throw refusal
    })
    await settle(bus)
    for (const at of [0, 1]) {
      await expect(other.request('no', bytes(at))).rejects.toMatchObject({
        name: 'Refused',
        code: 'NOT_NOW',
        message: 'try at ½ past',
      })
    }
    expect(log.lines).toEqual([])
  })

  check(
    '[BS9] any other failure is logged there, and told here without its words',
    async ({ bus, other, log }) => {
      bus.respond('throws', () => {
        throw new Error('secret')
      })
      bus.respond('rejects', () => Promise.reject(new Error('secret')))
      bus.respond('no bytes', () => 'text' as unknown as Uint8Array)
      await settle(bus)
      for (const topic of ['throws', 'rejects', 'no bytes']) {
        const answer = other.request(topic, bytes())
        await expect(answer).rejects.toMatchObject({ name: 'Refused', code: 'ANSWER_FAILED' })
        await expect(answer).rejects.not.toThrow('secret')
      }
      expect(log.lines).toMatchObject(
        ['throws', 'rejects', 'no bytes'].map((topic) => ({
          level: 'error',
          message: 'a handler of the bus failed',
          topic,
        })),
      )
      bus.respond('large', () => new Uint8Array((1 << 20) + 1))
      await expect(bus.request('large', bytes())).rejects.toMatchObject({ code: 'TOO_LARGE' })
    },
  )
}

function bounds(check: Check): void {
  check('[BS10] an end works on 1,000 requests and waits for 5,000; more are refused', async ({ bus }) => {
    const release = Promise.withResolvers<Uint8Array>()
    bus.respond('work', () => release.promise)
    const codes = new Map<string, number>()
    const count = (code: string): void => void codes.set(code, (codes.get(code) ?? 0) + 1)
    const answers = Array.from({ length: 5001 }, () =>
      bus.request('work', bytes(), { timeout: '1m' }).then(
        () => count('answered'),
        ({ code }: { code: string }) => {
          count(code)
          // The 4,000 that are too many to work on, and the one that is too many to wait for.
          if (codes.get('BUS_FULL') === 4001) release.resolve(bytes())
        },
      ),
    )
    expect(bus.counts.requests).toBe(5000)
    await Promise.all(answers)
    expect(Object.fromEntries(codes)).toEqual({ answered: 1000, BUS_FULL: 4001 })
    expect(await bus.request('work', bytes())).toEqual(bytes())
  })

  check('[BS11] the counts are true', async ({ bus }) => {
    const zero = { published: 0, delivered: 0, dropped: 0, pending: 0, requests: 0 }
    expect(bus.counts).toEqual(zero)
    expect(bus.status).toBe('up')
    const ears = [ear(bus, 'a'), ear(bus, 'a')]
    bus.publish('a', bytes())
    bus.publish('nobody', bytes())
    await Promise.all(ears.map(({ until }) => until(1)))
    expect(bus.counts).toEqual({ ...zero, published: 2, delivered: 2 })
  })
}

function ends(check: Check): void {
  check('[BS12] close gives up what is asked, and says that the bus is down', async ({ bus }) => {
    const changes: BusStatus[] = []
    bus.changes.on((status) => void changes.push(status))
    const asked = signal<void>()
    bus.respond('late', () => {
      asked.emit()
      return new Promise(() => {})
    })
    const heard = asked.next()
    const answer = bus.request('late', bytes()).catch((error: unknown) => error)
    await heard
    await bus.close()
    expect(await answer).toMatchObject({ code: 'BUS_DOWN', message: 'the bus was closed' })
    expect(bus.status).toBe('down')
    expect(changes).toEqual(['down'])
    await bus.close()
    expect(changes).toEqual(['down'])
  })

  check('[BS12] after close nothing is heard, publish only counts, other calls fail', async ({ bus }) => {
    const deaf = ear(bus, 'a')
    bus.publish('a', bytes())
    await bus.close()
    bus.publish('a', bytes())
    expect(bus.counts).toMatchObject({ published: 2, dropped: 1, pending: 0, requests: 0 })
    expect(() => bus.subscribe('a', () => {})).toThrow('the bus is closed')
    expect(() => bus.respond('a', () => bytes())).toThrow('the bus is closed')
    await expect(bus.request('a', bytes())).rejects.toThrow('the bus is closed')
    deaf.stop()
    expect(deaf.heard).toEqual([])
  })

  check('[BS12] what was published before close still goes out', async ({ bus, other }) => {
    // Of one end there is nobody left to hear it.
    if (bus === other) return
    const far = ear(other, 'a')
    await settle(other)
    for (let at = 0; at < 100; at++) bus.publish('a', bytes(at))
    await bus.close()
    await far.until(100)
    expect(bus.counts.dropped).toBe(0)
  })
}
