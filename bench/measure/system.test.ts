/* What is read from the operating system. */
import { expect, test } from 'vitest'
import { coresIn } from './cores.ts'
import { cpuOf, runIn, timeIn } from './usage.ts'

test('lists of cores are read as Linux writes them', () => {
  expect(coresIn('0-1')).toEqual([0, 1])
  expect(coresIn('3')).toEqual([3])
  expect(coresIn('0-2,5,7-8')).toEqual([0, 1, 2, 5, 7, 8])
  expect(coresIn('')).toEqual([])
})

test('CPU time is that of all threads, as the system has it', () => {
  expect(runIn('1250000 4547 2\n')).toBe(1.25)
  const [before, used] = [cpuOf(process.pid), process.cpuUsage()]
  for (const end = performance.now() + 50; performance.now() < end;);
  const { user, system } = process.cpuUsage(used)
  expect(cpuOf(process.pid) - before).toBeGreaterThan((user + system) / 2000)
  expect([timeIn('0:01.50'), timeIn('01:02:03'), timeIn('00:00:00')]).toEqual([1500, 3_723_000, 0])
})
