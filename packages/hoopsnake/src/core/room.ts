import { writeCheckpoint } from './checkpoint.ts'
import type { Bus } from './bus.ts'
import type { Clock } from './clock.ts'
import { Crash, refuse } from './errors.ts'
import type { Reason } from './frames/hello.ts'
import { Guests } from './guests.ts'
import type { Inbox } from './inbox.ts'
import { createInbox } from './inbox.ts'
import type { Jobs } from './jobs.ts'
import type { Listing } from './link.ts'
import type { Log } from './log.ts'
import type { Late, Loops, LoopStats } from './loop.ts'
import type { Machine } from './machine.ts'
import { synchronous } from './machine.ts'
import type { Need, Pace } from './pace.ts'
import { eventPace, PENDING, steadyPace } from './pace.ts'
import { close } from './pipe.ts'
import { topicOf } from './protocol.ts'
import type { Saver } from './saver.ts'
import { checkpointKey, createSaver } from './saver.ts'
import type { Settings } from './settings.ts'
import type { Store } from './store.ts'
import type { Telemetry } from './telemetry.ts'
import { countTurn, record } from './telemetry.ts'
import type { Seal } from './tokens.ts'
import type { Unheard } from './unheard.ts'
import type { Work } from './work.ts'
import { createWork } from './work.ts'

/** What an open room is given by its host. */
export interface RoomGiven {
  readonly settings: Settings
  readonly private: boolean
  /** Id of the next seat. */
  readonly nextSeat: number
  readonly unheard: Unheard
  readonly clock: Clock
  readonly loops: Loops
  readonly store: Store
  readonly bus: Pick<Bus, 'publish' | 'request'>
  readonly jobs: Jobs
  readonly log: Log
  /** Counts what the rooms of this game do. */
  readonly telemetry: Telemetry
  /** Makes 128 unguessable bits, as 32 hex digits. */
  readonly secret: () => string
  readonly seal: Seal
  /** Told that rules of this room begin to run, and '' when they end. */
  readonly mark: (code: string) => void
  /** Told once, when the room is no more. After a crash, the one who is told calls `abandon`. */
  readonly ended: (how: 'closed' | 'stopped' | 'crashed') => void
}

/**
 * An open room: a machine, its inbox, its pace, and the guests who are in it.
 *
 * It ticks while there is a seat and something moves, sleeps otherwise, and closes when nobody has been in it for a while.
 */
export class OpenRoom {
  readonly private: boolean
  readonly guests: Guests
  /** For simulations and tests, which compare. */
  readonly machine: Machine
  /** Keeps checkpoints; undefined in rooms that are not saved. */
  readonly saver: Saver | undefined
  readonly #given: RoomGiven
  readonly #inbox: Inbox
  readonly #pace: Pace
  readonly #work: Work
  #callOffClose: (() => void) | undefined
  /** Whether the step being made is the last before the room stops. */
  #last = false
  #over = false
  /** Whether a step is being made. */
  #stepping = false

  constructor(machine: Machine, given: RoomGiven) {
    const { settings, log } = given
    this.#given = given
    this.machine = machine
    this.private = given.private
    this.#inbox = createInbox(settings.inbox)
    this.#pace = this.#createPace()
    this.#work = createWork(
      machine.protocol.results,
      { store: given.store, bus: given.bus, jobs: given.jobs },
      (running) => given.mark(running ? machine.code : ''),
      (result, outcome) => {
        if (!outcome.ok)
          log('warn', 'slow work failed', { ...this.#name, code: outcome.code, why: outcome.message })
        this.#inbox.put({ kind: 'result', result, outcome })
        this.#settle()
      },
    )
    this.saver = this.#createSaver()
    this.guests = new Guests({
      ...given,
      machine,
      inbox: this.#inbox,
      stirred: () => this.#settle(),
      awake: () => !this.#drowsy,
    })
    machine.failed = ({ kind, seat }, crash) =>
      log('warn', `${kind === 'join' ? 'a join' : 'an input'} failed`, { ...this.#name, seat, error: crash })
    given.mark(machine.code)
    try {
      this.#decide()
    } catch (error) {
      // It was never open: whoever wanted it is told by the throw.
      this.#end(undefined, close.AGAIN)
      throw error
    }
    given.mark('')
  }

  get code(): string {
    return this.machine.code
  }

  /** What became of the ticks that fell due: `stepped + skipped + dilated = due`. */
  get stats(): LoopStats {
    return this.#pace.stats
  }

  get listing(): Listing {
    return { code: this.code, ...this.guests.counts, seatsMax: this.#given.settings.seats }
  }

  /** Whether the room is no more. */
  get over(): boolean {
    return this.#over
  }

  /** Hands a message of the bus to the room. */
  tell(message: number, value: unknown): void {
    if (this.#over) return
    if (this.#inbox.put({ kind: 'message', message, value })) this.#settle()
    else this.#given.log('warn', 'dropped a message: the inbox is full', { ...this.#name, message })
  }

  /** Closes the room for good; everybody is told why. */
  close(reason: Reason): void {
    if (this.#over) return
    this.#end(reason, close.DONE)
    this.saver?.forget()
    this.#given.ended('closed')
  }

  /** Ends the room because the server stops: what waits is applied, a checkpoint is taken, clients dial again. */
  async stop(): Promise<void> {
    if (this.#over) return
    this.#last = true
    this.#step(this.machine.tick + 1, 1, { ms: 0, skipped: 0, dilated: 0 })
    if (this.#over) return
    this.#end(undefined, close.AGAIN)
    await this.saver?.save()
    this.#given.ended('stopped')
  }

  /** Ends the room after a fault: its guests move to the room that replaces it, or are told that it crashed. */
  abandon(successor: OpenRoom | undefined): void {
    this.#halt()
    const reason = refuse('CRASHED')
    if (successor !== undefined) this.guests.moveTo(successor.guests, reason)
    else this.guests.dismissAll(reason, close.DONE)
  }

  #step(first: number, count: number, late: Late): void {
    const { machine, guests } = this
    const { skipped, dilated } = late
    const { clock, telemetry } = this.#given
    const began = clock.now()
    this.#stepping = true
    countTurn(telemetry, count, late)
    this.#given.mark(this.code)
    try {
      if (skipped + dilated > 0) this.#inbox.put({ kind: 'late', skipped, dilated })
      guests.desk.releaseInputs()
      let taken = this.#inbox.drain()
      record(telemetry.inbox, taken.length)
      for (let tick = first; tick < first + count; tick++) {
        machine.run(tick, taken)
        taken = []
      }
      guests.desk.ticked()
      const frame = (tick: number): number => Math.floor(tick / this.#given.settings.ticksPerFrame)
      if (frame(machine.tick) > frame(machine.sync.tick) || this.#drowsy || this.#last) this.#flush()
    } catch (error) {
      this.#crash(error)
    }
    this.#stepping = false
    record(telemetry.turn, clock.now() - began)
    this.#given.mark('')
    this.#settle()
  }

  #flush(): void {
    const { clock, telemetry } = this.#given
    const began = clock.now()
    const { flushed, effects } = this.machine.flush()
    record(telemetry.encode, clock.now() - began)
    this.guests.flush(flushed, effects)
    this.saver?.flushed()
    for (const work of effects.work) this.#work.start(work)
    for (const { message, payload } of effects.published) {
      const { protocol } = this.machine
      this.#given.bus.publish(topicOf(protocol, protocol.messages[message]!.name), payload)
    }
    if (effects.closed !== undefined) this.close(effects.closed)
  }

  /** Whether nothing moves until something enters. */
  get #idle(): boolean {
    if (this.machine.seats.size === 0 && !this.#given.settings.always) return true
    return this.#ask('idle') && !this.guests.owing
  }

  /** Asks an option that is the game's. Throws Crash. */
  #ask<K extends 'idle' | 'deadline'>(option: K): ReturnType<Settings[K]> {
    try {
      return synchronous(this.#given.settings[option](this.machine.state) as ReturnType<Settings[K]>)
    } catch (error) {
      throw new Crash(option, error)
    }
  }

  /** Whether no tick follows by itself: what the last one did is then sent now. */
  get #drowsy(): boolean {
    return this.#inbox.size === 0 && (this.#given.settings.hz === 'events' || this.#idle)
  }

  /** Decides, after anything that happened, how to go on. */
  #settle(): void {
    // While the room is being made, its parts stir before it is whole.
    if (this.#over || this.guests === undefined) return
    // `idle` and `deadline` are the game's, too.
    this.#given.mark(this.code)
    try {
      this.#decide()
    } catch (error) {
      this.#crash(error)
    }
    if (!this.#stepping) this.#given.mark('')
  }

  /** Decides whether to tick on, to sleep, or to close. Throws Crash where `idle` or `deadline` throw. */
  #decide(): void {
    this.#pace.settle(this.#need())
    const { seats, watchers } = this.guests.counts
    if (seats + watchers > 0) {
      this.#callOffClose?.()
      this.#callOffClose = undefined
    } else if (this.#callOffClose === undefined && !this.#given.settings.always) {
      const { clock, settings } = this.#given
      const due = clock.now() + settings.closeEmptyAfter
      this.#callOffClose = clock.at(due, () => this.close(refuse('ROOM_CLOSED')))
    }
  }

  #need(): Need {
    // Asked with each input: whatever else is so, what waits needs a tick, and looking at every guest would cost too much.
    if (this.#inbox.size > 0) return PENDING
    return {
      pending: false,
      throttled: this.guests.desk.throttled,
      idle: this.#idle,
      deadline: this.#ask('deadline'),
    }
  }

  #crash(error: unknown): void {
    if (this.#over) return
    this.#given.log('error', 'the room failed', { ...this.#name, error })
    this.#given.ended('crashed')
  }

  /** Stops everything that runs and closes every connection, in this turn. */
  #end(reason: Reason | undefined, code: number): void {
    this.#halt()
    this.guests.dismissAll(reason, code)
  }

  #halt(): void {
    this.#over = true
    this.#pace.stop()
    this.#work.stop()
    this.saver?.stop()
    this.#callOffClose?.()
  }

  get #name(): { game: string; room: string; tick: number } {
    return { game: this.machine.protocol.name, room: this.code, tick: this.machine.tick }
  }

  #createPace(): Pace {
    const { settings, clock, loops } = this.#given
    const given = {
      tick: () => this.machine.tick,
      step: (first: number, count: number, late: Late) => this.#step(first, count, late),
      failed: (error: unknown) => this.#crash(error),
    }
    const { hz, late } = settings
    return hz === 'events' ? eventPace(clock, given) : steadyPace(loops, { hz, late }, given)
  }

  #createSaver(): Saver | undefined {
    const { store, clock, log, settings, private: hidden } = this.#given
    if (settings.saveEvery === undefined) return undefined
    const { machine } = this
    return createSaver({
      store,
      clock,
      log,
      key: checkpointKey(machine.protocol.name, this.code),
      every: settings.saveEvery,
      // Between flushes the data belongs to no tick that anybody has seen.
      tick: () => (machine.tick === machine.sync.tick ? machine.tick : undefined),
      take: () => {
        const { nextSeat, unheard } = this.guests
        return writeCheckpoint(machine, { private: hidden, nextSeat, unheard })
      },
    })
  }
}
