import { join } from 'hoopsnake/client'
import { jobThreads, serve } from 'hoopsnake/server'
import { expect, test, vi } from 'vitest'
import work from './jobs.ts'
import { pit } from './protocol.ts'
import { bots } from './rules/bots.ts'
import { classic } from './rules/classic.ts'
import { eat } from './test/bot.ts'

test('the server has bots whose ways are found by a job', async () => {
  // As the command line hands them on.
  vi.stubEnv('SNAKE_BOTS', '2')
  vi.stubEnv('SNAKE_HZ', '8')
  const { default: rooms } = await import('./rooms.classic.ts')
  const quiet = { port: 0, host: '127.0.0.1', signals: false, log: () => {} }
  const server = await serve({ ...quiet, rooms, jobs: jobThreads(work, { threads: 1, log: () => {} }) })
  const ann = await join(server.url, pit, { name: 'Ann' }, { rules: classic })
  void eat(ann, 1000)
  const turned = new Set<number>()
  ann.when('state', (state) => {
    for (const [id, { turns }] of bots(state as never)) if (turns.length > 0) turned.add(id)
  })
  await expect.poll(() => turned.size).toBe(2)
  await ann.leave()
  await server.stop()
})
