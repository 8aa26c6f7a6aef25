import { afterEach, expect, test } from 'vitest'
import type { Game } from '../../client/index.ts'
import { create } from '../../client/index.ts'
import { serve, type Server } from '../serve.ts'
import rooms, { smuggler } from '../../test/contracts/faults.rooms.ts'
import { threads } from './threads.ts'

let server: Server
let logged: string[]

async function start(): Promise<string> {
  logged = []
  server = await serve({
    rooms,
    place: threads(1),
    port: 0,
    host: '127.0.0.1',
    signals: false,
    limits: { stop: '5s' },
    log: (level, message, fields) => logged.push([level, message, fields?.['room']].join(' ').trim()),
  })
  return server.url
}
afterEach(() => server.stop().catch(() => {}))

const told = (game: Game<typeof smuggler>): Promise<string> =>
  new Promise((resolve) => game.on('told', resolve))

test.each([
  ['publish', /is bytes/],
  ['store', /could not be cloned/],
] as const)(
  'work that hands `%s` what cannot cross is told so, and nobody else notices',
  async (how, words) => {
    const url = await start()
    const [bad, good] = [await create(url, smuggler, {}), await create(url, smuggler, {})]
    const answer = told(bad)
    bad.send(how)
    expect(await answer).toMatch(words)
    expect(good.status).toBe('live')
    expect(logged.filter((line) => line.startsWith('error'))).toEqual([])
  },
)

test('an error that throws when it is looked at is logged all the same', async () => {
  const bad = await create(await start(), smuggler, {})
  expect(await bad.ask('nasty')).toMatchObject({ code: 'INPUT_FAILED' })
  expect(logged.filter((line) => line.startsWith('error'))).toEqual([])
})

test.each(['idle', 'work'] as const)('`%s` that never returns is laid to its room', async (where) => {
  const url = await start()
  const [bad, good] = [await create(url, smuggler, {}), await create(url, smuggler, {})]
  bad.send(where)
  await expect
    .poll(() => logged.filter((line) => line.includes('starting another')))
    .toEqual([`error a thread of rooms ended; starting another ${bad.code}`])
  await expect.poll(() => good.state.beats).toBeGreaterThan(0)
})

test('a thread that never returns does not hold up the stop', async () => {
  const bad = await create(await start(), smuggler, {})
  bad.send('hang')
  let last = -1
  await expect.poll(() => last === (last = bad.tick), { interval: 200 }).toBe(true)
  await server.stop()
  expect(logged.join()).toContain('does not answer and is ended')
})

test('a dial that opens a room which ends its thread is turned away, and the thread goes on', async () => {
  const url = await start()
  const good = await create(url, smuggler, {})
  await expect.poll(() => good.state.beats).toBeGreaterThan(10)
  await expect(create(url, smuggler, {}, { options: { exit: true } })).rejects.toMatchObject({
    code: 'CRASHED',
  })
  const { tick } = good
  await expect.poll(() => good.tick).toBeGreaterThan(tick)
  expect(logged.filter((line) => line.includes('starting another'))).toHaveLength(2)
})
