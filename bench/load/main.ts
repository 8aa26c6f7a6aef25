/* The process of the load: does what its parent tells it, one thing after another; see `load.ts`. */
import { cpuOf } from '../measure/usage.ts'
import { Crowd, type Ask } from './crowd.ts'
import type { Answer, Order, Window } from './load.ts'
import { stall } from './stall.ts'
import { storm } from './storm.ts'

/** Those that are there; the last one is counted. */
const crowds: Crowd[] = []

async function join(ask: Ask): Promise<void> {
  const crowd = new Crowd(ask)
  crowds.push(crowd)
  await crowd.join()
}

/** Counts for so many ms. The CPU time of the server is read at both ends here, where the counts are taken. */
async function measure(pid: number, ms: number): Promise<Window> {
  const usage = process.cpuUsage()
  const [began, cpu] = [performance.now(), cpuOf(pid)]
  const crowd = crowds.at(-1)!
  crowd.reset()
  await new Promise((resolve) => setTimeout(resolve, ms))
  const count = crowd.count()
  const elapsed = performance.now() - began
  const { user, system } = process.cpuUsage(usage)
  return { ...count, cpu: cpuOf(pid) - cpu, ms: elapsed, load: (user + system) / 1000 / elapsed }
}

async function leave(): Promise<void> {
  await Promise.all(crowds.splice(0).map((crowd) => crowd.leave()))
}

function obey(order: Order): Promise<Answer['value']> {
  switch (order.do) {
    case 'join':
      return join(order.ask)
    case 'turn':
      crowds.at(-1)!.turn(order.every)
      return Promise.resolve()
    case 'measure':
      return measure(order.pid, order.ms)
    case 'leave':
      return leave()
    case 'storm':
      return storm(order.ask)
    case 'stall':
      return stall(order.ask)
  }
}

process.on('message', (order: Order) => {
  const answer = (what: Answer): void => void process.send!(what)
  obey(order).then(
    (value) => answer({ value }),
    (error: Error) => answer({ error: error.message }),
  )
})
