import { afterEach, describe, expect, test } from 'vitest'
import { create, join, list, watch } from '../../client/index.ts'
import type { Game } from '../../client/index.ts'
import { memoryStore } from '../../core/store.ts'
import type { Place } from '../../server/place/place.ts'
import { serve, type Server } from '../../server/serve.ts'
import rooms, { abacus } from './place.rooms.ts'

type Player = Game<typeof abacus>

/** Resolves when `holds` holds of the game's state; the state is looked at whenever it changes. */
export function until(
  game: Pick<Player, 'state' | 'when'>,
  holds: (state: Player['state']) => boolean,
): Promise<void> {
  if (holds(game.state)) return Promise.resolve()
  return new Promise((resolve) => {
    const off = game.when('state', (state) => {
      if (!holds(state)) return
      off()
      resolve()
    })
  })
}

/** Reads the metrics of a server: the value of each line by what stands before it. */
export async function metricsOf(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(new URL('metrics', url))).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

/** Registers the tests that every place passes, with sockets and clients as users have them. */
export function placeContract(name: string, make: () => Place): void {
  describe(name, () => {
    let server: Server
    // Closed with each server, and yet there for the next: as a file is.
    const store = { ...memoryStore(), close: () => Promise.resolve() }
    const start = async (port = 0): Promise<string> => {
      server = await serve({
        rooms,
        place: make(),
        store,
        port,
        host: '127.0.0.1',
        signals: false,
        auth: ({ ticket }) => ticket,
        log: () => {},
      })
      return server.url
    }
    afterEach(() => server.stop())

    test('[PL1] rooms open, are listed, found by code and without one, and close', async () => {
      const url = await start()
      const ann = await create(url, abacus, {})
      const bob = await join(url, abacus, {}, { code: ann.code })
      const eve = await watch(url, abacus, { code: ann.code })
      expect([ann.seat, bob.seat, eve.seat]).toEqual([1, 2, 0])
      expect(ann.mine).toEqual({ id: 1 })
      expect(await list(url, abacus)).toEqual([{ code: ann.code, seats: 2, seatsMax: 16, watchers: 1 }])
      expect(await ann.ask('add', 5)).toBeNull()
      await until(eve, (state) => state.sums.get(1) === 5)
      await expect(join(url, abacus, {}, { code: 'NOSUCH' })).rejects.toMatchObject({ code: 'UNKNOWN_ROOM' })
      const closed = new Promise((resolve) => bob.when('closed', resolve))
      ann.send('close')
      expect(await closed).toMatchObject({ code: 'ROOM_CLOSED' })
    })

    test('[PL2] joins without a code meet in one room, however close together', async () => {
      const url = await start()
      const players = await Promise.all(Array.from({ length: 10 }, () => join(url, abacus, {})))
      expect(new Set(players.map((game) => game.code)).size).toBe(1)
      expect(new Set(players.map((game) => game.seat)).size).toBe(10)
    })

    test('[PL3] a fault in one room costs the other rooms nothing', async () => {
      const url = await start()
      const ann = await create(url, abacus, {})
      const others = await Promise.all(Array.from({ length: 6 }, () => create(url, abacus, {})))
      const before = others.map((game) => game.state.beats)
      expect(await ann.ask('fail')).toMatchObject({ code: 'INPUT_FAILED' })
      await until(ann, (state) => state.beats > 20)
      const { tick } = ann
      ann.send('crash')
      await Promise.all(others.map((game, i) => until(game, (state) => state.beats > before[i]! + 100)))
      expect(others.map((game) => game.status)).toEqual(others.map(() => 'live'))
      expect(ann.status).toBe('live')
      expect(ann.tick).toBeGreaterThan(tick)
    })

    test('[SF6] who is banned is ended with words and leaves the seat, and comes back when the ban is lifted', async () => {
      const url = await start()
      const ann = await create(url, abacus, {}, { ticket: 'ann' })
      const bob = await join(url, abacus, {}, { ticket: 'bob', code: ann.code })
      await until(bob, ({ sums }) => sums.size === 2)
      const closed = new Promise((resolve) => ann.when('closed', resolve))
      await server.ban({ user: 'ann', for: '10m', reason: 'spam' })
      const banned = { code: 'BANNED', message: 'spam (10 min left)' }
      expect(await closed).toMatchObject(banned)
      await until(bob, ({ sums }) => sums.size === 1)
      const again = () => join(url, abacus, {}, { ticket: 'ann', code: bob.code })
      await expect(again()).rejects.toMatchObject(banned)
      await server.unban({ user: 'ann' })
      expect((await again()).status).toBe('live')
      expect(bob.status).toBe('live')
      await server.ban({ address: '127.0.0.1' })
      await expect(again()).rejects.toMatchObject({ code: 'BANNED' })
      await server.unban({ address: '127.0.0.1' })
    })

    test('[OP5] what the rooms did can be read as metrics, wherever they run', async () => {
      const url = await start()
      const players = await Promise.all(Array.from({ length: 6 }, () => create(url, abacus, {})))
      for (const game of players) expect(await game.ask('add', 1)).toBeNull()
      expect(await players[0]!.ask('fail')).toMatchObject({ code: 'INPUT_FAILED' })
      await expect(join(url, abacus, {}, { code: 'NOSUCH' })).rejects.toMatchObject({ code: 'UNKNOWN_ROOM' })
      await expect
        .poll(() => metricsOf(url))
        .toMatchObject({
          'hoopsnake_inputs_total{game="abacus",outcome="applied"}': 6,
          'hoopsnake_inputs_total{game="abacus",outcome="failed"}': 1,
          'hoopsnake_dials_total{game="abacus",outcome="UNKNOWN_ROOM"}': 1,
          'hoopsnake_dials_total{game="abacus",outcome="joined"}': 6,
          'hoopsnake_clients{game="abacus"}': 6,
          hoopsnake_connections: 6,
          hoopsnake_healthy: 1,
          hoopsnake_ready: 1,
        })
      const told = await metricsOf(url)
      const sum = (name: string): number =>
        Object.entries(told).reduce((all, [key, value]) => all + (key.startsWith(name) ? value : 0), 0)
      expect(told['hoopsnake_ticks_total{game="abacus",outcome="made"}']).toBeGreaterThanOrEqual(6)
      expect(told['hoopsnake_rooms{game="abacus"}']).toBe(server.counts.rooms)
      expect(sum('hoopsnake_tick_seconds_count')).toBe(
        told['hoopsnake_tick_seconds_bucket{game="abacus",le="+Inf"}'],
      )
      expect(sum('hoopsnake_encode_seconds_sum')).toBeGreaterThan(0)
      expect(sum('hoopsnake_event_loop_delay_seconds_count')).toBeGreaterThan(0)
      expect(sum('hoopsnake_thread_cpu_seconds_total')).toBeGreaterThan(0)
    })

    test('[PL4] saved rooms are open again after a restart, and their players in them', async () => {
      const url = await start()
      const { port } = new URL(url)
      const ann = await create(url, abacus, {}, { private: true })
      expect(await ann.ask('add', 7)).toBeNull()
      await server.stop()
      await start(Number(port))
      await new Promise<void>((resolve) => ann.when('status', (status) => status === 'live' && resolve()))
      expect(await ann.ask('add', 1)).toBeNull()
      expect(ann.state.sums.get(1)).toBe(8)
    })
  })
}
