import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { pinned } from '../../bench/measure/cores.ts'

/** What a process with clients is given. */
export interface GroupGiven {
  readonly url: string
  readonly count: number
}

/** What it says: how many have come in so far, how many came back, and, whenever it is sent anything, what became of them. */
export type Told = { readonly in: number } | { readonly back: number } | { readonly fates: readonly Fate[] }

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
  /** How many were lost, came back and have played since. */
  readonly back: number
  /** Asks what became of everybody. */
  fates(): Promise<Fate[]>
}

/** Clients in one process. */
const GROUP = 500

const program = fileURLToPath(new URL('./group.ts', import.meta.url))

/** Brings so many clients in. Rejects if one of them cannot come in. */
export async function startHerd(url: string, count: number, progress: (text: string) => void): Promise<Herd> {
  const groups: Group[] = []
  const herd: Herd = {
    get back() {
      return groups.reduce((sum, { back }) => sum + back, 0)
    },
    fates: async () => (await Promise.all(groups.map((group) => group.fates()))).flat(),
    async [Symbol.asyncDispose]() {
      for (const group of groups) group.end()
    },
  }
  try {
    for (let sum = 0; sum < count; sum += GROUP) {
      const group = startGroup({ url, count: Math.min(GROUP, count - sum) })
      groups.push(group)
      await group.entered
      progress(`${Math.min(count, sum + GROUP)} clients are in`)
    }
  } catch (error) {
    await herd[Symbol.asyncDispose]()
    throw error
  }
  return herd
}

/** One process with clients. */
interface Group {
  /** Resolves when all are in. Rejects if it ends before. */
  readonly entered: Promise<void>
  readonly back: number
  fates(): Promise<readonly Fate[]>
  end(): void
}

function startGroup(given: GroupGiven): Group {
  const args = ['--conditions=@hoopsnake/source', program, JSON.stringify(given)]
  const [command, ...rest] = [...pinned('load'), process.execPath, ...args] as [string, ...string[]]
  const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const entered = Promise.withResolvers<void>()
  let told = Promise.withResolvers<readonly Fate[]>()
  let back = 0
  child.on('message', (what: Told) => {
    if ('fates' in what) told.resolve(what.fates)
    else if ('back' in what) back = what.back
    else if (what.in === given.count) entered.resolve()
  })
  child.once('exit', () => entered.reject(new Error('clients ended before all were in')))
  return {
    entered: entered.promise,
    get back() {
      return back
    },
    fates() {
      told = Promise.withResolvers()
      child.send('What became of them?')
      return told.promise
    },
    end() {
      if (child.connected) child.disconnect()
    },
  }
}
