import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { pinned } from '../../bench/measure/cores.ts'

/** What a process with clients is given. */
export interface GroupGiven {
  readonly url: string
  readonly count: number
}

/** What it says: how many have come in so far; and whenever it is sent anything, what became of them. */
export type Told = { readonly in: number } | { readonly fates: readonly Fate[] }

/** What became of a client. Times are those of day, in ms since 1970. */
export interface Fate {
  /** When it dialled, since it was in for the first time. */
  readonly dials: readonly number[]
  /** Its room and seat, at first. */
  readonly seat: string
  /** Its status, room and seat now. */
  readonly end: string
  /** When its room had done what it did once it was back. */
  readonly played: number | undefined
  /** How often it was lost. */
  readonly losses: number
}

/** Clients in some processes, so that none of them is short of time, sockets or memory. */
export interface Herd extends AsyncDisposable {
  /** Asks what became of everybody. */
  fates(): Promise<Fate[]>
}

/** Clients in one process. */
const GROUP = 500

const program = fileURLToPath(new URL('./group.ts', import.meta.url))

/** Brings so many clients in. Rejects if one of them cannot come in. */
export async function startHerd(url: string, count: number, progress: (text: string) => void): Promise<Herd> {
  const sizes = Array.from({ length: Math.ceil(count / GROUP) }, (_, at) =>
    Math.min(GROUP, count - at * GROUP),
  )
  const groups: ChildProcess[] = []
  const herd = {
    async fates() {
      const told = groups.map(async (group) => {
        group.send('What became of them?')
        const [answer] = (await once(group, 'message')) as [Extract<Told, { fates: unknown }>]
        return answer.fates
      })
      return (await Promise.all(told)).flat()
    },
    async [Symbol.asyncDispose]() {
      for (const group of groups) if (group.connected) group.disconnect()
    },
  }
  let sum = 0
  try {
    for (const size of sizes) {
      const group = startGroup({ url, count: size })
      groups.push(group)
      await arrival(group, size)
      sum += size
      progress(`${sum} clients are in`)
    }
  } catch (error) {
    await herd[Symbol.asyncDispose]()
    throw error
  }
  return herd
}

function startGroup(given: GroupGiven): ChildProcess {
  const command = [
    ...pinned('load'),
    process.execPath,
    '--conditions=@hoopsnake/source',
    program,
    JSON.stringify(given),
  ]
  return spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

/** Resolves when all of a group are in. Rejects if it ends before. */
async function arrival(group: ChildProcess, size: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const hear = (told: Told): void => {
    if ('in' in told && told.in === size) resolve()
  }
  group.on('message', hear)
  group.once('exit', () => reject(new Error('clients ended before all were in')))
  await promise
  group.off('message', hear)
}
