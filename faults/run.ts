/*
 * Makes a fault on purpose, and measures what it costs.
 *
 *   npm run faults                                              lists the campaigns
 *   npm run faults -- NAME [--count N] [--seconds S | --minutes M] [--speed N] [--seed N] [--json]
 *
 * The table is on stdout, progress on stderr; with --json the last line is one object. The exit code is 1 if a bound
 * was passed.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Campaign, Figure, Given } from './campaign.ts'
import { campaignNames, findCampaign } from './found.ts'

const text = { type: 'string' } as const

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      count: text,
      seconds: text,
      minutes: text,
      speed: text,
      seed: text,
      json: { type: 'boolean' },
    },
  })
  const [name] = positionals
  if (name === undefined) return list(console.log)
  const campaign = await findCampaign(name)
  if (campaign === undefined) {
    console.error(`There is no campaign '${name}'. These there are:`)
    await list(console.error)
    process.exitCode = 1
    return
  }
  const { count, seconds, speed } = campaign.usual
  if (speed === undefined && values.speed !== undefined)
    throw new Error(`--speed: '${name}' has one speed only, that of the clock on the wall`)
  const given: Given = {
    count: numberOf('count', values.count) ?? count,
    seconds:
      numberOf('seconds', values.seconds) ?? (numberOf('minutes', values.minutes) ?? seconds / 60) * 60,
    ...(speed === undefined ? {} : { speed: numberOf('speed', values.speed) ?? speed }),
    seed: numberOf('seed', values.seed) ?? randomInt(2 ** 32 - 1),
    progress,
  }
  const figures = await tried(campaign, given)
  show(figures)
  console.log(
    `${name}: --seed ${given.seed}, versions: node ${process.versions.node}, v8 ${process.versions.v8}`,
  )
  const ok = figures.length > 0 && figures.every((figure) => figure.ok)
  if (values.json) console.log(JSON.stringify({ ok, campaign: name, seed: given.seed, figures }))
  process.exitCode = ok ? 0 : 1
}

/** Runs a campaign. One that could not be run at all has one figure, which says why. */
async function tried(campaign: Campaign, given: Given): Promise<Figure[]> {
  try {
    return await campaign.run(given)
  } catch (error) {
    console.error(error)
    return [{ name: 'could be run', value: String(error), bound: 'yes', ok: false }]
  } finally {
    progress('')
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  }
}

/** Prints figures as a table, those out of bounds marked. */
function show(figures: readonly Figure[]): void {
  const rows = figures.map(({ name, value, bound, ok }) => [name, String(value), bound, ok ? 'ok' : 'NOT OK'])
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => row[at]!.length)))
  for (const row of rows) console.log(row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '))
}

async function list(say: (line: string) => void): Promise<void> {
  const width = Math.max(...campaignNames().map(({ length }) => length))
  for (const name of campaignNames()) say(`${name.padEnd(width)}  ${(await findCampaign(name))!.about}`)
}

/** One line that changes on a terminal; elsewhere a line each. */
function progress(words: string): void {
  if (words === '') return
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${words}` : `${words}\n`)
}

/** Reads a number of the command line. Throws with words for the user. */
function numberOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!/^\d+(\.\d+)?$/.test(value)) throw new Error(`--${name} ${value}: give a number from 0`)
  return Number(value)
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
