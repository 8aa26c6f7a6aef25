import { expect, test } from 'vitest'
import { virtualClock } from '../core/clock.ts'
import { runSteps } from './stop.ts'

test('[GW16] steps run one after another; one that fails does not keep the others from running', async () => {
  const clock = virtualClock()
  const story: string[] = []
  const wrong = await runSteps(clock, 1000, [
    { name: 'first', run: async () => void story.push('first') },
    { name: 'second', run: () => Promise.reject(new Error('oh')) },
    { name: 'third', run: () => story.push('third') },
  ])
  expect(story).toEqual(['first', 'third'])
  expect(wrong.map(({ message }) => message)).toEqual(['second failed'])
  expect(clock.next).toBeUndefined()
})

test('[GW16] when the time is over the rest is done at once', async () => {
  const clock = virtualClock()
  const story: string[] = []
  const stopped = runSteps(clock, 1000, [
    { name: 'stuck', run: () => new Promise(() => {}) },
    { name: 'stuck too', run: () => new Promise(() => story.push('stuck too')) },
    { name: 'cut', run: () => story.push('cut') },
  ])
  await Promise.resolve()
  clock.advance(1000)
  expect((await stopped).map(({ message }) => message)).toEqual([
    'stuck took longer than 1000 ms; it was not waited for',
  ])
  expect(story).toEqual(['stuck too', 'cut'])
})
