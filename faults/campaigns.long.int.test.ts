import { expect, test } from 'vitest'
import type { Size } from './campaign.ts'
import { findCampaign } from './found.ts'

/** Runs a campaign small; gives the figures that are out of bounds. */
async function broken(name: string, size: Size, seed = 7): Promise<unknown[]> {
  const campaign = await findCampaign(name)
  const figures = await campaign!.run({ ...size, seed, progress() {} })
  expect(figures.length).toBeGreaterThan(2)
  // What is measured in ms says more of a busy machine than of the server.
  return figures.filter(({ name: figure, ok }) => !ok && !/(, ms|missed|missed .*)$/.test(figure))
}

test('[FA3] a throw in any hook, handler, type or job is told to its own room alone', async () => {
  expect(await broken('exceptions', { count: 5, seconds: 0 })).toEqual([])
})

test('[FA4] a blocked event loop: each late policy is kept, nobody is cut, no client dials twice', async () => {
  expect(await broken('stall', { count: 3, seconds: 3 })).toEqual([])
})

test('[FA5] half-open connections are found at both ends, and players come back to their seats', async () => {
  expect(await broken('halfopen', { count: 3, seconds: 0 })).toEqual([])
}, 120_000)

test('[FA6] a store that is full, cut off or damaged is found out and said, and no room is wrong', async () => {
  const figures = await broken('disk', { count: 4, seconds: 0 })
  // A small disk can be mounted by root alone.
  expect(figures.filter((figure) => !JSON.stringify(figure).includes('not tried'))).toEqual([])
}, 120_000)

test('[FA7] a jump of the time of day changes nothing, for the libraries of the process either', async () => {
  expect(await broken('clockjump', { count: 3, seconds: 1 })).toEqual([])
})

test('[FA8] who reads nothing costs little, and has the latest state when it wakes', async () => {
  expect(await broken('slowreader', { count: 5, seconds: 3 })).toEqual([])
})
