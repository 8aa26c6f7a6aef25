import { expect, test } from 'vitest'
import type { Size } from './campaign.ts'
import { findCampaign } from './found.ts'

/** Runs a campaign small and quick; gives the figures that are out of bounds. */
async function broken(name: string, size: Size, seed = 7): Promise<unknown[]> {
  const campaign = await findCampaign(name)
  const figures = await campaign!.run({ ...size, seed, progress() {} })
  expect(figures.length).toBeGreaterThan(2)
  // What is measured in ms says more of a busy machine than of the server.
  return figures.filter(({ name: figure, ok }) => !ok && !/(, ms|missed|missed .*)$/.test(figure))
}

test('[FA2] messages in fragments that never end: closed with 1008, and nothing is left', async () => {
  expect(await broken('fragments', { count: 5, seconds: 0 })).toEqual([])
})
