import { join } from 'hoopsnake/client'
import { expect, test } from 'vitest'
import { pit } from './protocol.ts'
import { bots } from './rules/bots.ts'
import { classic } from './rules/classic.ts'
import { eat } from './test/bot.ts'
import { startProgram } from './test/program.ts'

test('the server has bots whose ways are found by a job', async () => {
  await using program = await startProgram('--bots', '2', '--hz', '8')
  const ann = await join(program.url, pit, { name: 'Ann' }, { rules: classic })
  void eat(ann, 1000)
  const turned = new Set<number>()
  ann.when('state', (state) => {
    for (const [id, { turns }] of bots(state as never)) if (turns.length > 0) turned.add(id)
  })
  await expect.poll(() => turned.size, { timeout: 20_000 }).toBe(2)
  await ann.leave()
  await program.stop()
})
