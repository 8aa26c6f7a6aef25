import { expect, test } from 'vitest'
import type { Figure } from './campaign.ts'
import { insideProcess } from './campaigns/clockjump.ts'
import { findCampaign } from './found.ts'

const small = { seed: 7, progress() {} }

/** Gives the figures that are out of bounds. */
function broken(figures: readonly Figure[]): unknown[] {
  expect(figures.length).toBeGreaterThan(2)
  // What is measured in ms says more of a busy machine than of the server.
  return figures.filter(({ name, ok }) => !ok && !/(, ms|missed|missed .*)$/.test(name))
}

test('[FA2] messages in fragments that never end: closed with 1008, and nothing is left', async () => {
  const campaign = (await findCampaign('fragments'))!
  expect(broken(await campaign.run({ ...small, count: 5, seconds: 0 }))).toEqual([])
})

test('[FA7] a jump of the time of day changes nothing', async () => {
  expect(broken(await insideProcess({ ...small, count: 3, seconds: 0.5 }))).toEqual([])
})
