import { expect, test } from 'vitest'
import { protocol } from './protocol.ts'
import { settingsOf } from './settings.ts'

test('a rate of inputs that is none is refused when the server starts, in words', () => {
  const settings = (inputs: { perSecond: number; burst: number }): unknown =>
    settingsOf(protocol('pit', 1, { state: {} }).room({ create: () => ({}) }, { inputs }))
  expect(settings({ perSecond: 0.1, burst: 1 })).toMatchObject({ inputs: { perSecond: 0.1, burst: 1 } })
  expect(() => settings({ perSecond: 0, burst: 1 })).toThrow("room 'pit': inputs.perSecond: 0: give a number")
  expect(() => settings({ perSecond: 1, burst: NaN })).toThrow("room 'pit': inputs.burst: NaN: give a number")
})
