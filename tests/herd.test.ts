/* A herd that comes back: many clients' sessions, the gateway's end of them, and chance, in virtual time. */
import { expect, test } from 'vitest'
import type { Dial } from '../packages/hoopsnake/src/client/dial.ts'
import { Session } from '../packages/hoopsnake/src/client/session.ts'
import { virtualClock } from '../packages/hoopsnake/src/core/clock.ts'
import { writeHello, writeWelcome } from '../packages/hoopsnake/src/core/frames/hello.ts'
import { WIRE } from '../packages/hoopsnake/src/core/frames/kinds.ts'
import type { Link } from '../packages/hoopsnake/src/core/link.ts'
import { createRandom } from '../packages/hoopsnake/src/core/random.ts'
import { createTimer } from '../packages/hoopsnake/src/core/timer.ts'
import { fullLimits } from '../packages/hoopsnake/src/server/gateway/limits.ts'
import { Session as GatewaySession } from '../packages/hoopsnake/src/server/gateway/session.ts'
import { createTraffic } from '../packages/hoopsnake/src/server/metrics/traffic.ts'
import { createTurnstile } from '../packages/hoopsnake/src/server/gateway/turnstile.ts'
import { Writer } from '../packages/hoopsnake/src/wire/writer.ts'

const bytes = (write: (w: Writer) => void): Uint8Array => {
  const w = new Writer()
  write(w)
  return w.take()
}

const hello = bytes((w) =>
  writeHello(w, {
    wire: WIRE,
    protocol: 'pit',
    hash: 0,
    ticket: '',
    intent: 'resume',
    token: 't',
    epoch: 1,
    tick: 1,
  }),
)
const where = { protocol: 'pit', code: 'ROOM', url: '/r/pit/ROOM', headers: {}, address: '10.0.0.1' }
const welcome = bytes((w) =>
  writeWelcome(w, {
    epoch: 1,
    room: 'ROOM',
    seat: 1,
    token: 't',
    ack: 0,
    hz: 10,
    ticksPerFrame: 1,
    hold: 30_000,
    fork: 0,
    tick: 1,
    time: 0,
  }),
)

/** Everybody is welcome. */
const stay = { keys: [], banned: undefined, admit: () => undefined, ending() {}, leave() {} }

/** Clients whose server is there, or not, and what they did. */
function herd(count: number, limits = fullLimits()) {
  const clock = virtualClock()
  const random = createRandom(7)
  const log = { dials: [] as number[], entered: [] as number[] }
  const traffic = createTraffic(['pit'])
  const server = {
    up: true,
    turnstile: createTurnstile(limits.arrivals),
    timer: createTimer(clock),
    breaks: new Set<() => void>(),
  }
  const link: Link = {
    connect(pipe) {
      log.entered.push(clock.now())
      pipe.write(welcome)
      return { receive() {}, lost() {} }
    },
    list: () => Promise.resolve([]),
  }
  const dial: Dial = (_, ends) => {
    log.dials.push(clock.now())
    const way = 20 + 20 * random.next()
    const later = (act: () => void): void => void clock.at(clock.now() + way, act)
    let over = false
    const close = (code: number): void => {
      if (over) return
      over = true
      server.breaks.delete(broken)
      ends.closed(code, '')
    }
    const broken = (): void => close(1006)
    const line = {
      write: (frame: Uint8Array) => later(() => !over && ends.frame(frame)),
      queued: 0,
      get open() {
        return !over
      },
      close: (code: number) => later(() => close(code)),
      ping() {},
      pong() {},
      cut: broken,
    }
    if (!server.up) later(broken)
    else {
      server.breaks.add(broken)
      later(() => ends.open())
    }
    const { turnstile, timer } = server
    const given = {
      link,
      auth: undefined,
      limits,
      turnstile,
      traffic,
      clock,
      timer,
      log: () => {},
      drain: () => undefined,
    }
    const session = new GatewaySession(given, where, line, stay)
    return {
      send: (frame) => later(() => session.receive(frame)),
      close: () => later(() => session.lost()),
    }
  }
  const sessions = Array.from({ length: count }, () => {
    const session: Session = new Session({
      dial,
      clock,
      random: () => random.next(),
      hello: () => ({ address: '', frame: hello }),
      welcome: () => session.settle(),
      frame() {},
      otherwise: () => false,
      draining() {},
      changed() {},
    })
    session.start()
    return session
  })
  return {
    clock,
    server,
    log,
    live: () => sessions.filter(({ status }) => status === 'live').length,
    async pass(ms: number) {
      for (const end = clock.now() + ms; clock.now() < end;) {
        clock.advance(20)
        for (let i = 0; i < 4; i++) await Promise.resolve()
      }
    },
  }
}

/** How many of these times lie in each second. */
const perSecond = (times: readonly number[], from: number): number[] => {
  const counts: number[] = []
  for (const time of times) {
    if (time < from) continue
    const second = Math.floor((time - from) / 1000)
    counts[second] = (counts[second] ?? 0) + 1
  }
  return Array.from(counts, (count) => count ?? 0)
}

test.each([0, 3000])(
  '[SE14] 5,000 clients are back within 10 s of a server that was away for %i ms',
  async (away) => {
    const all = herd(5000)
    await all.pass(10_000)
    expect(all.live()).toBe(5000)
    all.server.up = away === 0
    for (const broken of all.server.breaks) broken()
    await all.pass(away)
    expect(all.live()).toBe(0)
    all.server.up = true
    const back = all.clock.now()
    await all.pass(10_000)
    expect(all.live()).toBe(5000)
    const entered = perSecond(all.log.entered, back)
    // What is let in is bounded: the burst, then the rate.
    expect(entered[0]).toBeLessThanOrEqual(3000)
    expect(Math.max(...entered.slice(1))).toBeLessThanOrEqual(1001)
    // No second wave: it only ebbs.
    const dials = perSecond(all.log.dials, back)
    dials.slice(1).forEach((count, i) => expect(count).toBeLessThan(1.1 * dials[i]!))
    expect(dials.reduce((sum, count) => sum + count)).toBeLessThan(2.2 * 5000)
  },
)
