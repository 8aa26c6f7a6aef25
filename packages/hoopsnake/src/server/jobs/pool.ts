import { milliseconds } from '../../core/clock.ts'
import { refuse, type Refused } from '../../core/errors.ts'
import { type Job, type JobOptions, type Jobs, type JobsModule, noJob } from '../../core/jobs.ts'
import { createEnding } from '../../core/task.ts'
import { type Errand, type ErrandEnd, createErrand } from './errand.ts'
import type { Hand, Spawn, Told } from './messages.ts'
import type { FullPoolOptions } from './options.ts'
import { type CallJob, jobsBy } from './packed.ts'

/** How long a worker may take until it is ready, in ms: it loads the jobs module. */
const START_WITHIN = 30_000
/** How long a job that was called off may go on until its worker is ended, in ms. */
const GRACE = 100
/** A worker that ends of itself this soon after it was ready has not really started, in ms. */
const SOON = 1000
/** How long to wait before workers that did not start are started again, in ms: at first, and at most. */
const AGAIN_AFTER = 500
const AGAIN_AFTER_MOST = 30_000

/** What a pool does and did. Of all jobs asked for: `waiting + running + done + failed + timedOut + cancelled + refused`. */
export interface JobCounts {
  /** Workers that are ready. */
  readonly workers: number
  /** Workers that were started in place of others. */
  readonly replaced: number
  readonly waiting: number
  readonly running: number
  readonly done: number
  /** Threw, lost their worker, or had none. */
  readonly failed: number
  readonly timedOut: number
  /** Called off, also by the stop of the pool. */
  readonly cancelled: number
  /** Turned away: the queue was full, the job unknown, the pool stopping. */
  readonly refused: number
}

/** Workers that run jobs. */
export interface JobPool extends Jobs {
  /** As `run`, from packed input to packed output: for those who hand jobs on. */
  readonly call: CallJob
  readonly counts: JobCounts
  /** Resolves when a worker is ready; rejects if none could be started at first. */
  readonly ready: Promise<void>
  /** Resolves when the pool has stopped. Never rejects: workers that fail are replaced, and told of to the log. */
  readonly done: Promise<void>
  /** Refuses new jobs, rejects the pending ones with STOPPING, ends all workers. Gives `done`. */
  stop(): Promise<void>
}

/** A worker, and what it does. */
interface Member {
  readonly hand: Hand
  state: 'starting' | 'idle' | 'busy'
  /** Since when it has been in this state, in ms. */
  since: number
  errand: Errand | undefined
  /** Ends the wait for its start, or for the end of a job that was called off. */
  callOff: () => void
}

/** Starts the workers of a pool. */
export function createPool(module: JobsModule, spawn: Spawn, options: FullPoolOptions): JobPool {
  return new Pool(module, spawn, options)
}

class Pool implements JobPool {
  readonly #module: JobsModule
  readonly #spawn: Spawn
  readonly #options: FullPoolOptions
  readonly #members = new Set<Member>()
  /** Workers that were ended and have not gone yet. */
  readonly #leaving = new Set<Member>()
  /** Oldest first; `options.queue` at most. */
  readonly #queue: Errand[] = []
  readonly #sums = { replaced: 0, done: 0, failed: 0, timedOut: 0, cancelled: 0, refused: 0 }
  readonly #first = Promise.withResolvers<void>()
  readonly #ending = createEnding()
  #stopping = false
  #lastCall = 0
  /** Rounds in which workers did not start, since the last answer; no other before `#notBefore`. */
  #failures = 0
  #notBefore = -Infinity
  #why = ''
  readonly #packed: Jobs

  constructor(module: JobsModule, spawn: Spawn, options: FullPoolOptions) {
    this.#module = module
    this.#spawn = spawn
    this.#options = options
    this.#packed = jobsBy(this.call)
    // Told to the log and to every caller as well.
    this.#first.promise.catch(() => {})
    this.#refill()
  }

  get ready(): Promise<void> {
    return this.#first.promise
  }

  get done(): Promise<void> {
    return this.#ending.done
  }

  get counts(): JobCounts {
    const members = [...this.#members]
    return {
      ...this.#sums,
      workers: members.filter(({ state }) => state !== 'starting').length,
      waiting: this.#queue.length,
      running: members.filter(({ errand }) => errand?.pending).length,
    }
  }

  readonly call: CallJob = async (name, input, { timeout, signal }: JobOptions = {}) => {
    const limit = timeout === undefined ? this.#options.timeout : milliseconds(timeout)
    this.#refill()
    const no = this.#refusal(name) ?? (signal?.aborted ? noJob('JOB_CANCELLED') : undefined)
    if (no !== undefined) {
      this.#sums[
        no.code === 'JOB_FAILED' ? 'failed' : no.code === 'JOB_CANCELLED' ? 'cancelled' : 'refused'
      ]++
      throw no
    }
    const errand = createErrand(
      { call: ++this.#lastCall, name, input, timeout: limit, signal },
      this.#options,
      {
        ended: (how, why) => this.#count(errand, how, why),
        cancelled: () => this.#cancel(errand),
        timedOut: () => this.#timeOut(errand),
      },
    )
    this.#queue.push(errand)
    this.#dispatch()
    this.#hold()
    return errand.answer
  }

  run<I, O>(job: Job<I, O>, input: NoInfer<I>, options?: JobOptions): Promise<O> {
    return this.#packed.run(job, input, options)
  }

  stop(): Promise<void> {
    if (this.#stopping) return this.done
    this.#stopping = true
    for (const errand of this.#queue.splice(0)) errand.end('cancelled', refuse('STOPPING'))
    for (const member of this.#members) {
      if (member.state === 'busy') this.#callOff(member, refuse('STOPPING'))
      else this.#end(member)
    }
    this.#first.reject(refuse('STOPPING'))
    this.#settle()
    return this.done
  }

  /** Says why a job cannot be taken. */
  #refusal(name: string): Refused | undefined {
    const { jobs } = this.#module
    if (this.#stopping) return refuse('STOPPING')
    if (!jobs.has(name)) {
      return noJob('UNKNOWN_JOB', `there is no job '${name}'; the module has: ${[...jobs.keys()].join(', ')}`)
    }
    if (this.#members.size === 0) return noJob('JOB_FAILED', this.#why)
    if (this.#queue.length >= this.#options.queue) {
      return noJob('QUEUE_FULL', `${this.#queue.length} jobs are waiting for a worker; ask again later`)
    }
    return undefined
  }

  /** Gives waiting jobs to idle workers. */
  #dispatch(): void {
    for (const member of this.#members) {
      if (member.state !== 'idle') continue
      const errand = this.#queue.shift()
      if (errand === undefined) return
      this.#turn(member, 'busy')
      member.errand = errand
      errand.begin()
      member.hand.tell({ do: 'run', call: errand.call, name: errand.name, input: errand.input })
    }
  }

  /** Starts workers up to the number there should be. */
  #refill(): void {
    const { clock, size } = this.#options
    if (this.#stopping || clock.now() < this.#notBefore) return
    while (this.#members.size < size) {
      const hand = this.#spawn({
        heard: (told) => this.#hear(member, told),
        gone: (why) => this.#gone(member, why),
      })
      const member: Member = { hand, state: 'starting', since: clock.now(), errand: undefined, callOff() {} }
      member.callOff = clock.at(clock.now() + START_WITHIN, () =>
        this.#unusable(member, `not ready within ${START_WITHIN} ms`),
      )
      this.#members.add(member)
    }
  }

  #hear(member: Member, told: Told): void {
    // What was on its way while the worker was ended.
    if (!this.#members.has(member)) return
    if (told.do === 'unusable') return this.#unusable(member, told.why)
    member.callOff()
    const { errand } = member
    member.errand = undefined
    this.#turn(member, 'idle')
    if (told.do === 'ready') this.#first.resolve()
    else {
      this.#failures = 0
      if (told.do === 'done') errand?.end('done', told.output)
      else errand?.end('failed', noJob('JOB_FAILED', told.why))
    }
    if (this.#stopping) return this.#end(member)
    this.#dispatch()
    this.#hold()
  }

  /** Ends a worker that did not start, and has others started later, not over and over. */
  #unusable(member: Member, why: string): void {
    const { clock, log } = this.#options
    this.#end(member)
    const now = clock.now()
    const wait = Math.min(AGAIN_AFTER * 2 ** this.#failures, AGAIN_AFTER_MOST)
    // Those that were started together fail together.
    if (now >= this.#notBefore) {
      this.#failures++
      this.#notBefore = now + wait
    }
    this.#why = `no worker could be started: ${why}`
    log('error', 'a worker for jobs did not start', { why, againInMs: this.#notBefore - now })
    if (this.#members.size > 0) return
    const no = noJob('JOB_FAILED', this.#why)
    this.#first.reject(no)
    for (const errand of this.#queue.splice(0)) errand.end('failed', no)
  }

  /** Notes that a worker is no more: as it was told, or by itself. */
  #gone(member: Member, why: string): void {
    member.callOff()
    const { clock, log } = this.#options
    if (this.#leaving.delete(member)) return this.#settle()
    if (!this.#members.has(member)) return
    const { state, errand } = member
    const soon = state === 'starting' || (state === 'idle' && clock.now() - member.since < SOON)
    if (soon && !this.#stopping) this.#unusable(member, why)
    this.#members.delete(member)
    this.#leaving.delete(member)
    const failure = noJob('JOB_FAILED', `${why} while it ran this job; it is not tried again`)
    errand?.end('failed', failure)
    if (!soon && !this.#stopping) {
      log('error', 'a worker for jobs ended; starting another', { why, ...(errand && { job: errand.name }) })
      this.#replace()
    }
    this.#settle()
  }

  #replace(): void {
    if (this.#stopping) return
    this.#sums.replaced++
    this.#refill()
  }

  /** Ends a worker; it is no longer one of the pool. */
  #end(member: Member): void {
    member.callOff()
    if (!this.#members.delete(member)) return
    this.#leaving.add(member)
    // Whoever waits for the stop waits for this.
    member.hand.hold(true)
    member.hand.end()
  }

  #memberOf(errand: Errand): Member | undefined {
    return [...this.#members].find((member) => member.errand === errand)
  }

  #timeOut(errand: Errand): void {
    errand.end(
      'timedOut',
      noJob('JOB_TIMEOUT', `'${errand.name}' took more than ${errand.timeout} ms and was ended`),
    )
    const member = this.#memberOf(errand)
    if (member === undefined) return
    this.#end(member)
    this.#replace()
  }

  #cancel(errand: Errand): void {
    const at = this.#queue.indexOf(errand)
    if (at >= 0) this.#queue.splice(at, 1)
    const member = this.#memberOf(errand)
    if (member === undefined) errand.end('cancelled', noJob('JOB_CANCELLED'))
    else this.#callOff(member, noJob('JOB_CANCELLED'))
  }

  /** Rejects the job of a worker, and ends the worker unless it finishes in a moment. */
  #callOff(member: Member, no: Refused): void {
    const { clock } = this.#options
    const errand = member.errand!
    errand.end('cancelled', no)
    member.hand.tell({ do: 'cancel', call: errand.call })
    member.callOff = clock.at(clock.now() + GRACE, () => {
      this.#end(member)
      this.#replace()
    })
  }

  #turn(member: Member, state: Member['state']): void {
    member.state = state
    member.since = this.#options.clock.now()
  }

  #count({ name, waited, ran }: Errand, how: ErrandEnd, no?: Refused): void {
    this.#sums[how]++
    this.#hold()
    const times = { job: name, ms: ran, waitedMs: waited }
    if (how === 'done' || how === 'cancelled') this.#options.log('debug', `a job was ${how}`, times)
    else this.#options.log('warn', 'a job failed', { ...times, code: no?.code, why: no?.message })
  }

  /** Idle workers keep no process alive; those that start or work, and those whom a job waits for, do. */
  #hold(): void {
    const pending = this.#queue.length > 0
    for (const { hand, state, errand } of this.#members)
      hand.hold(pending || state === 'starting' || errand?.pending === true)
  }

  #settle(): void {
    if (this.#stopping && this.#members.size === 0 && this.#leaving.size === 0) this.#ending.end()
  }
}
