/* A program with two workers, for tests of what becomes of them: argv = how it is to end. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realClock } from '../../server/clock.ts'
import { jobProcesses } from '../../server/jobs/processes.ts'
import module, { double, spin, where } from './jobs.module.ts'

const [how] = process.argv.slice(2)
const clock = realClock()
const folder = mkdtempSync(join(tmpdir(), 'hoopsnake-jobs-'))
const file = join(folder, 'spin')
const pool = jobProcesses(module, { processes: 2, timeout: '60s', log: () => {} })
await pool.ready
if (how === 'idle') {
  const pids = [await pool.run(where, null), await pool.run(where, null)].map(({ pid }) => pid)
  console.log(`pids ${pids.join(' ')}`)
} else {
  pool.run(spin, { file, hot: how === 'SIGKILL' }).catch(() => {})
  const { pid } = await pool.run(where, null)
  process.on('SIGUSR2', () => {
    if (how === 'throw') throw new Error('on purpose')
    process.exit(0)
  })
  process.on('SIGUSR1', () => void pool.run(double, 21).then((code) => process.exit(code)))
  const report = (): void => {
    const spinning = readPid()
    if (spinning === '') return void clock.at(clock.now() + 20, report)
    console.log(`pids ${spinning} ${pid}`)
    rmSync(folder, { recursive: true })
  }
  report()
}

function readPid(): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
