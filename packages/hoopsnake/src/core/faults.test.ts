import { setImmediate as macrotask } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { quietHost } from '../../../../tests/quietHost.ts'
import type { Raw, RawDial } from '../test/raw.ts'
import { dialRaw } from '../test/raw.ts'
import { nothing } from '../wire/atoms.ts'
import { uint } from '../wire/numbers.ts'
import type { Reader } from '../wire/reader.ts'
import type { VirtualClock } from './clock.ts'
import { virtualClock } from './clock.ts'
import type { Host } from './host.ts'
import type { RoomKind, RoomOptions } from './kind.ts'
import { rooms } from './kind.ts'
import { protocol } from './protocol.ts'
import type { Rules } from './rules.ts'
import type { Store } from './store.ts'
import { memoryStore } from './store.ts'

/** Whether a type of the game fails to read. */
let broken = false

const own = {
  ...uint,
  read(r: Reader): number {
    if (broken) throw new TypeError('a broken type')
    return uint.read(r)
  },
}

const pit = protocol('pit', 1, {
  state: { beats: uint, own },
  mine: { secret: uint },
  hidden: { deck: uint },
  inputs: { own, later: nothing },
  results: { done: uint },
})
type Pit = typeof pit

const sound: Rules<Pit> = {
  create: () => ({ beats: 0, own: 0 }),
  hidden: () => ({ deck: 0 }),
  mine: () => ({ secret: 0 }),
  tick: (room) => void (room.state.beats += 1),
  inputs: {
    own: () => {},
    later(room) {
      room.later(async () => {
        throw Object.create(null)
      }, 'done')
    },
  },
  results: { done: () => {} },
}

let clock: VirtualClock
let store: Store
let logged: string[]
let loose: unknown[]
const note = (error: unknown): void => void loose.push(error)

beforeEach(() => {
  clock = virtualClock(1000)
  store = memoryStore()
  logged = []
  loose = []
  broken = false
  process.on('unhandledRejection', note)
})
afterEach(() => {
  process.off('unhandledRejection', note)
  expect(loose).toEqual([])
})

/** Lets all that is under way in this process arrive, unhandled rejections too. */
async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await macrotask()
}

async function pass(ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 50) {
    clock.advance(50)
    await turns()
  }
}

function open(rules: Rules<Pit>, options: RoomOptions<Pit> = {}): Host {
  const kind = pit.room(rules, { hz: 10, ...options })
  return hostOf(kind)
}

function hostOf(kind: RoomKind): Host {
  let secret = 0
  return quietHost({
    rooms: rooms('file:///pit.ts', { kind }),
    clock,
    entropy: () => ((secret += 12_345) * 2_654_435_761) % 2 ** 32,
    store,
    log(level, message, fields) {
      const { error } = fields as { error?: Error }
      if (level === 'error') logged.push(`${message}: ${error?.message}`)
    },
  })
}

async function dial(host: Host, options: RawDial = {}): Promise<Raw<Pit>> {
  const raw = dialRaw(host, pit, options)
  await turns()
  await pass(200)
  return raw
}

const late = async (): Promise<never> => {
  await Promise.resolve()
  throw new Error('late')
}

test.each(['create', 'hidden'] as const)(
  'a promise of %s does not open the room, nor harm anybody else',
  async (hook) => {
    const raw = await dial(open({ ...sound, [hook]: late }))
    expect(raw.reason?.code).toBe('CRASHED')
    expect(logged).toEqual([expect.stringContaining(`${hook}: returned a promise`)])
  },
)

test('a promise of `mine` fails the join', async () => {
  const raw = await dial(open({ ...sound, mine: late as never }))
  expect(raw.reason?.code).toBe('INPUT_FAILED')
})

test.each(['idle', 'deadline'] as const)('a promise of %s ends the room alone', async (option) => {
  const raw = await dial(open(sound, { [option]: late as never }))
  expect(raw.reason?.code).toBe('CRASHED')
  expect(logged).toEqual([expect.stringContaining('returned a promise')])
})

test('a `load` that throws at once is over at once', async () => {
  const fails = (): never => {
    throw new Error('no such table')
  }
  const raw = await dial(open(sound, { load: fails }))
  expect(raw.reason?.code).toBe('CRASHED')
  expect(logged).toEqual(['could not open a room: load: no such table'])
  await pass(15_000)
  expect(clock.next).toBeUndefined()
})

test('a room whose `deadline` throws when it opens leaves nothing behind', async () => {
  const fails = (): never => {
    throw new Error('no deadline')
  }
  const raw = await dial(open(sound, { deadline: fails, save: { every: '1s' } }))
  expect(raw.reason?.code).toBe('CRASHED')
  expect(logged).toEqual(['could not open a room: deadline: no deadline'])
  await pass(2000)
  expect(clock.next).toBeUndefined()
  expect(await store.keys('')).toEqual([])
})

test('work may throw what cannot be made a text', async () => {
  const raw = await dial(open(sound))
  raw.send('later')
  await pass(200)
  expect(raw.closed).toBeUndefined()
})

test.each([{ gold: 10n }, 'x'.repeat(70_000)])(
  'a player who does not fit into a checkpoint costs the checkpoint, not the server',
  async (user) => {
    const host = open(sound, { save: { every: '1s' } })
    const raw = await dial(host, { user })
    await pass(3000)
    expect(raw.closed).toBeUndefined()
    expect(logged[0]).toContain('could not take a checkpoint')
  },
)

test('a type of the game that fails to read is the problem of who sent the bytes', async () => {
  const host = open(sound)
  const other = await dial(host)
  const raw = await dial(host)
  broken = true
  raw.send('own', 1)
  await pass(200)
  expect(raw.reason?.code).toBe('INPUT_FAILED')
  expect(logged).toEqual(['a frame failed: a broken type'])
  expect(other.closed).toBeUndefined()
})

test('a crashed room whose checkpoint cannot be read is over, and nothing else is', async () => {
  const rules: Rules<Pit> = {
    ...sound,
    tick(room) {
      if (broken && room.seats.get(1)?.user === 'bad') throw new Error('boom')
    },
  }
  const host = open(rules, { save: { every: '1s' } })
  const other = await dial(host, { intent: 'create' })
  const raw = await dial(host, { intent: 'create', user: 'bad' })
  await pass(2000)
  broken = true
  await pass(1000)
  expect(raw.reason?.code).toBe('CRASHED')
  expect(logged).toEqual(['the room failed: tick: boom', 'could not restore a room: a broken type'])
  expect(other.closed).toBeUndefined()
  expect(host.room('pit', other.welcome!.room)!.machine.tick).toBeGreaterThan(30)
})
