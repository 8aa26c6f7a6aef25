import { expect, test } from 'vitest'
import { atLeast, atMost, exactly } from './campaign.ts'
import { campaignNames, findCampaign } from './found.ts'
import { slope } from './spread.ts'

test('a figure keeps its bound, or says that it does not', () => {
  expect(atMost('gap', 2, 2, 's')).toEqual({ name: 'gap, s', value: 2, bound: '≤ 2', ok: true })
  expect(atMost('gap', NaN, 2).ok).toBe(false)
  expect(atLeast('rate', 9.99999, 10)).toMatchObject({ value: 10, bound: '≥ 10', ok: false })
  expect(exactly('end', 'reset', 1008)).toEqual({ name: 'end', value: 'reset', bound: '= 1008', ok: false })
})

test('every campaign is found by its name and says in one line what it does', async () => {
  expect(campaignNames()).toContain('slowloris')
  for (const name of campaignNames()) {
    const campaign = await findCampaign(name)
    expect([name, campaign?.about.includes('\n')]).toEqual([name, false])
    expect(campaign!.about.length).toBeLessThan(100)
  }
  expect(await findCampaign('../run')).toBeUndefined()
})

test('the slope of a line through points is not turned by one that lies far off', () => {
  expect(
    slope([
      [0, 1],
      [1, 3],
      [2, 5],
      [3, 7],
    ]),
  ).toBe(2)
  expect(
    slope([
      [0, 1],
      [1, 1],
      [2, 900],
      [3, 1],
      [4, 1],
    ]),
  ).toBe(0)
})
