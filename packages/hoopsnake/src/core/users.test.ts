import { expect, test } from 'vitest'
import { enterRaw } from '../../../../tests/enterRaw.ts'
import { quietHost } from '../../../../tests/quietHost.ts'
import type { RawDial } from '../test/raw.ts'
import { uint } from '../wire/numbers.ts'
import { virtualClock } from './clock.ts'
import { rooms } from './kind.ts'
import { protocol } from './protocol.ts'
import { userKey } from './users.ts'

test('a user is known by itself or its id, and a number is no text', () => {
  const keys = ['ann', 7, { id: 7 }, { id: 'ann' }, '7', 0].map(userKey)
  expect(keys).toEqual(['user "ann"', 'user 7', 'user 7', 'user "ann"', 'user "7"', 'user 0'])
  expect([undefined, null, '', {}, { id: '' }, { name: 'ann' }, true].map(userKey)).toEqual(
    Array<undefined>(7).fill(undefined),
  )
})

test('[SE16] a token brings back only the user who has the seat', async () => {
  const den = protocol('den', 1, { state: { beats: uint } })
  const clock = virtualClock()
  const kinds = rooms('test:', { den: den.room({ create: () => ({ beats: 0 }) }) })
  const host = quietHost({ rooms: kinds, clock })
  const enter = (dial: RawDial) => enterRaw({ link: host, clock, tick: 100 }, den, dial)
  const ann = await enter({ user: { id: 7, name: 'Ann' } })
  ann.lose()
  const { room: code, token, epoch } = ann.welcome!
  const comeBack = (user: unknown) => enter({ intent: 'resume', code, token, epoch, tick: ann.tick, user })
  for (const user of [{ id: 8 }, '7', undefined]) {
    expect((await comeBack(user)).reason).toEqual({
      code: 'GONE',
      message: 'The seat is of another user; join anew.',
    })
  }
  expect((await comeBack({ id: 7, name: 'Ann of today' })).welcome?.seat).toBe(1)
})
