/* The load against real servers: what a bench counts is what they do. */
import { serve } from 'hoopsnake/server'
import { expect, test } from 'vitest'
import rooms from '../../games/snake/rooms.open.ts'
import { startServer } from '../measure/program.ts'
import { contenders } from '../servers.ts'
import { Crowd, type Count } from './crowd.ts'

/** Lets three play until each was told of ten ticks. */
async function play(crowd: Crowd): Promise<Count> {
  await crowd.join()
  crowd.reset()
  await expect.poll(() => crowd.count().ticks, { timeout: 10_000 }).toBeGreaterThanOrEqual(30)
  const count = crowd.count()
  await crowd.leave()
  return count
}

test('a crowd plays Snake by PROTOCOL.md, its witness sees all snakes move, and no seat is held for those who left', async () => {
  const server = await serve({ rooms, port: 0, log: () => {}, signals: false })
  try {
    const count = await play(new Crowd({ dialect: 'hoopsnake', port: server.port, players: 3 }))
    expect(count.snakes).toBe(3)
    expect(count.steps).toBeGreaterThanOrEqual(9)
    await expect.poll(() => server.counts.seats).toBe(0)
  } finally {
    await server.stop()
  }
})

test('the limit is what it says: two bits for each move', async () => {
  const server = await startServer(contenders.limit.args)
  try {
    const count = await play(new Crowd({ dialect: 'limit', port: server.port, players: 3 }))
    expect(count.snakes).toBe(3)
    // Two bytes of head, three before the moves, one with three moves in it.
    expect(count.bytes / count.ticks).toBe(6)
    expect(server.cpu()).toBeGreaterThan(0)
  } finally {
    await server.stop()
  }
})

test('a server that is gone, or refuses, is said', async () => {
  const server = await startServer(contenders.limit.args)
  const crowd = new Crowd({ dialect: 'limit', port: server.port, players: 1 })
  await crowd.join()
  await server.stop()
  await expect.poll(() => thrown(() => crowd.count())).toMatch('the connection was lost')
  await expect(new Crowd({ dialect: 'limit', port: server.port, players: 1 }).join()).rejects.toThrow(
    'ECONNREFUSED',
  )
})

function thrown(what: () => unknown): string {
  try {
    what()
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
