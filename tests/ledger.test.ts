import { expect, test } from 'vitest'
import { runLedger } from './ledger.ts'

const nothing = { lost: 0, wrong: 0, unheard: 0, repeated: 0 }

test('[SE15] over cuts, stalls and takeovers no input and no event is lost, doubled or out of order', async () => {
  const tally = await runLedger({ seed: 1, inputs: 5000, restarts: false })
  expect(tally).toMatchObject(nothing)
  expect(tally.inputs - tally.refused).toBeGreaterThan(3400)
  expect(Math.min(tally.cuts, tally.takeovers)).toBeGreaterThan(2)
})

test('[SE15] nor over restarts and crashes, but for what was done after the last checkpoint', async () => {
  const tally = await runLedger({ seed: 2, inputs: 5000, restarts: true })
  expect(tally).toMatchObject(nothing)
  expect(tally.inputs - tally.refused).toBeGreaterThan(3400)
  expect(Math.min(tally.cuts, tally.takeovers, tally.restarts)).toBeGreaterThan(2)
})

// What was told in the new life was taken for confirmed by a word of the old one that was on its way.
test('[SE15] nor when a room fails while its players confirm (seed 811690806)', async () => {
  expect(await runLedger({ seed: 811690806, inputs: 8000, restarts: true })).toMatchObject(nothing)
})
