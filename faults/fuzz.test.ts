import { expect, test } from 'vitest'
import { classicPit } from '../games/snake/room.classic.ts'
import { inside } from './campaigns/fuzz.ts'
import { readSchema } from './fuzz/schema.ts'
import { wide, wideRoom } from './fuzz/wide.ts'
import { seeded } from './spread.ts'

test('[FA1] frames by chance, good, bad and raw: nothing is thrown, nothing is left', async () => {
  const random = seeded(20_261_122)
  const dice = (below: number): number => Math.floor(random() * below)
  const figures = await inside([classicPit, wideRoom], { count: 5_000, dice, progress() {} })
  // The heap of so short a run says nothing.
  expect(figures.filter(({ name, ok }) => !ok && !name.startsWith('heap'))).toEqual([])
})

test('the canonical text of a type is read', () => {
  expect(readSchema('map(uint,struct("a":str(15),"d":oneOf("x","y(")),64)')).toMatchObject({
    name: 'map',
    numbers: [64],
    types: [
      { name: 'uint' },
      { name: 'struct', names: ['a', 'd'], types: [{ numbers: [15] }, { names: ['x', 'y('] }] },
    ],
  })
  expect(() => readSchema('struct(')).toThrow(SyntaxError)
  expect(readSchema(wide.state.schema).types.length).toBeGreaterThan(20)
})
