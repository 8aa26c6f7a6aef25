import { expect, test } from 'vitest'
import { create } from '../../client/index.ts'
import { metricsOf, placeContract, until } from '../../test/contracts/place.ts'
import rooms, { abacus } from '../../test/contracts/place.rooms.ts'
import { serve } from '../serve.ts'
import { threads } from './threads.ts'

placeContract('threads(2)', () => threads(2))

const given = { rooms, port: 0, host: '127.0.0.1', signals: false }

test.each([
  ['hang', /does not answer/],
  ['exit', /ended; starting another/],
] as const)(
  '[PL5] [OP5] a thread lost to `%s` is replaced: sockets stay, seats too, rooms of other threads miss nothing',
  async (fault, said) => {
    const logged: string[] = []
    const server = await serve({ ...given, place: threads(2), log: (_, message) => logged.push(message) })
    // Enough rooms that both threads have some.
    const games = await Promise.all(Array.from({ length: 12 }, () => create(server.url, abacus, {})))
    const [ann] = games
    const statuses: string[] = []
    for (const game of games) game.when('status', (status) => statuses.push(status))
    await Promise.all(games.map((game) => game.ask('add', 3)))
    await Promise.all(games.map((game) => until(game, ({ beats }) => beats > 30)))
    const applied = async (): Promise<number> =>
      (await metricsOf(server.url))['hoopsnake_inputs_total{game="abacus",outcome="applied"}']!
    await expect.poll(applied).toBe(12)
    ann!.send(fault)
    // What was sent before the thread fell is refused with the fault; what is applied was sent to the new one.
    while ((await ann!.ask('add', 0)) !== null);
    expect(ann!.state.sums.get(1)).toBe(3)
    await Promise.all(games.map((game) => game.ask('add', 4)))
    expect(games.map((game) => game.state.sums.get(1))).toEqual(games.map(() => 7))
    expect(statuses).toEqual([])
    await expect.poll(applied).toBe(25)
    expect(logged.some((line) => said.test(line))).toBe(true)
    await server.stop()
  },
)

test('[PL6] a room that brings its thread down again and again stays closed; the others go on', async () => {
  const server = await serve({ ...given, place: threads(1), log: () => {} })
  const [bad, good] = [await create(server.url, abacus, {}), await create(server.url, abacus, {})]
  const closed = new Promise((resolve) => bad.when('closed', resolve))
  await until(bad, ({ beats }) => beats > 30)
  const off = bad.when('state', () => bad.send('exit'))
  expect(await closed).toMatchObject({ code: 'GONE' })
  off()
  expect(await good.ask('add', 1)).toBeNull()
  expect(good.status).toBe('live')
  await server.stop()
})

test('[PL7] a module without rooms is refused with words', async () => {
  const wrong = { ...rooms, url: new URL('./place.ts', import.meta.url).href }
  await expect(serve({ ...given, rooms: wrong, place: threads(1), log: () => {} })).rejects.toThrow(
    /default export/,
  )
})

test('[PL8] an impossible number of threads is refused', () => {
  expect(() => threads(0)).toThrow(/1 to 256/)
})
