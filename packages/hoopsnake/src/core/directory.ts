import { Reader } from '../wire/reader.ts'
import type { Clock } from './clock.ts'
import { refuse } from './errors.ts'
import { noJobs } from './jobs.ts'
import type { Rooms } from './kind.ts'
import type { Tally } from './limits.ts'
import { createTally } from './limits.ts'
import type { Log } from './log.ts'
import type { Loops } from './loop.ts'
import { createLoops } from './loop.ts'
import { topicOf } from './protocol.ts'
import type { Kind, NewRoom, Opened, OpeningGiven } from './opening.ts'
import { openNew, openSaved } from './opening.ts'
import { OpenRoom } from './room.ts'
import { checkpointKey } from './saver.ts'
import { settingsOf } from './settings.ts'
import type { HostReport } from './telemetry.ts'
import { createTelemetry } from './telemetry.ts'
import type { Seal } from './tokens.ts'

/** What a directory is given: law 3, it takes nothing by itself. */
export interface DirectoryGiven extends OpeningGiven {
  readonly rooms: Rooms
  /** For the ticks of rooms, where they are to be timed more exactly than the rest. Default: `clock`. */
  readonly tickClock?: Clock | undefined
  /** Signs what brings players back to their seats. */
  readonly seal: Seal
  readonly log: Log
  /** Rooms at most; beyond, a new one is refused with SERVER_FULL. Saved ones are opened all the same, and count. Default 10,000. */
  readonly maxRooms?: number
  /** Says which codes are this host's, where several share a store. Default: all. */
  readonly owns?: (code: string) => boolean
  /** Whether rooms that are `always` there open here. Default: yes. */
  readonly opensAlways?: boolean
}

/** A room in the directory, from the moment somebody asks for it. */
export interface Place {
  readonly of: Kind
  readonly code: string
  readonly private: boolean
  readonly opening: Promise<OpenRoom>
  /** Dials that wait for it to open. */
  waiting: number
  /** Set once it is open. */
  room: OpenRoom | undefined
}

/** Times within a minute that a saved room which crashed is opened again from its checkpoint. */
const MAX_REOPENED = 3
/** Letters and digits that cannot be taken for one another. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const CODE_LENGTH = 6

/** The rooms of a host: opens them, finds them, opens them again after a crash or a restart. */
export class Directory {
  readonly kinds: ReadonlyMap<string, Kind>
  readonly #given: DirectoryGiven
  readonly #loops: Loops
  readonly #places = new Map<string, Place>()
  readonly #reopened = new Map<string, Tally>()
  #ticksOfEnded = 0
  #stopping = false
  readonly #unsubscribe: readonly (() => void)[]

  /** Throws RangeError on options that no room could run with. */
  constructor(given: DirectoryGiven) {
    this.#given = given
    this.#loops = createLoops(given.tickClock ?? given.clock)
    const kinds = [...given.rooms.kinds].map(
      ([name, kind]) => [name, { kind, settings: settingsOf(kind), telemetry: createTelemetry() }] as const,
    )
    this.kinds = new Map(kinds)
    this.#unsubscribe = [...this.kinds.values()].flatMap((of) => this.#subscribe(of))
  }

  get stopping(): boolean {
    return this.#stopping
  }

  get seal(): Seal {
    return this.#given.seal
  }

  get counts(): { rooms: number; seats: number; watchers: number; ticks: number } {
    const sum = { rooms: this.#places.size, seats: 0, watchers: 0, ticks: this.#ticksOfEnded }
    for (const { room } of this.#places.values()) {
      if (room === undefined) continue
      sum.seats += room.guests.counts.seats
      sum.watchers += room.guests.counts.watchers
      sum.ticks += room.machine.tick
    }
    return sum
  }

  /** Says what the rooms have done, by game, and what there is of them now. */
  get report(): HostReport {
    const games = [...this.kinds].map(([game, of]) => {
      const sum = { game, telemetry: of.telemetry, rooms: 0, seats: 0, watchers: 0, clients: 0 }
      for (const { of: kind, room } of this.#places.values()) {
        if (kind !== of) continue
        sum.rooms++
        if (room === undefined) continue
        sum.seats += room.guests.counts.seats
        sum.watchers += room.guests.counts.watchers
        sum.clients += room.guests.connected
      }
      return sum
    })
    return { games, overdue: this.#loops.overdue }
  }

  /** Finds the room with that code, in whatever case it was typed. */
  byCode(of: Kind, code: string): Place | undefined {
    return this.#places.get(keyOf(of, code.toUpperCase()))
  }

  /** Lists the public rooms of a kind, fullest first; those that are opening included. */
  public(of: Kind): Place[] {
    const places = [...this.#places.values()].filter((place) => place.of === of && !place.private)
    return places.sort((a, b) => taken(b) - taken(a))
  }

  /** Finds the fullest public room of a kind that is `free`, without sorting them: whoever dials looks for one. */
  fullest(of: Kind, free: (place: Place) => boolean): Place | undefined {
    let fullest: Place | undefined
    for (const place of this.#places.values()) {
      if (place.of !== of || place.private || !free(place)) continue
      if (fullest === undefined || taken(place) > taken(fullest)) fullest = place
    }
    return fullest
  }

  /** Opens a new room for who asks for one. Throws Refused when there are too many. */
  open(of: Kind, facts: NewRoom): Place {
    if (this.#places.size >= (this.#given.maxRooms ?? 10_000)) throw refuse('SERVER_FULL')
    return this.#openNew(of, facts)
  }

  #openNew(of: Kind, facts: NewRoom): Place {
    const code = this.#newCode(of)
    const open = async (): Promise<OpenRoom> => this.#run(of, await openNew(this.#given, of, code, facts))
    return this.#place({ of, code, private: facts.private }, open)
  }

  /**
   * Opens the rooms that the store has kept, and those that are always there. A checkpoint that cannot be read is
   * logged and left in the store; a room that is always there and cannot be opened is an error.
   */
  async restore(): Promise<void> {
    await this.#restoreSaved()
    if (this.#given.opensAlways === false) return
    const always = [...this.kinds.values()].filter((of) => of.settings.always && this.public(of).length === 0)
    await Promise.all(always.map((of) => this.#openNew(of, { private: false, options: undefined }).opening))
  }

  async #restoreSaved(): Promise<void> {
    const { store, log } = this.#given
    for (const of of this.kinds.values()) {
      if (of.settings.saveEvery === undefined) continue
      const prefix = keyOf(of, '')
      const codes = (await store.keys(prefix)).map((key) => key.slice(prefix.length))
      for (const code of codes.filter((one) => this.#owns(one))) {
        const key = prefix + code
        try {
          const bytes = await store.get(key)
          // Before anybody is in it: an epoch that clients have seen must not be used again, whatever happens next.
          if (bytes !== undefined) await this.#placeSaved(of, code, bytes, 0).saver?.save()
        } catch (error) {
          log('error', 'could not restore a room', { key, error })
        }
      }
    }
  }

  /** Opens no more rooms, and stops those that are open. Resolves when all is written. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const off of this.#unsubscribe) off()
    const rooms = await Promise.allSettled([...this.#places.values()].map(({ opening }) => opening))
    await Promise.all(rooms.map(async (one) => (one.status === 'fulfilled' ? one.value.stop() : undefined)))
  }

  /** Brings messages of the bus to every open room of a kind. */
  #subscribe(of: Kind): (() => void)[] {
    const { protocol } = of.kind
    return protocol.messages.map(({ name, type }, message) =>
      this.#given.bus.subscribe(topicOf(protocol, name), (bytes) => {
        const value = type.read(new Reader(bytes))
        for (const place of this.#places.values()) if (place.of === of) place.room?.tell(message, value)
      }),
    )
  }

  #owns(code: string): boolean {
    return this.#given.owns?.(code) ?? true
  }

  #newCode(of: Kind): string {
    for (;;) {
      const letter = (): string | undefined => LETTERS[this.#given.entropy() % LETTERS.length]
      const code = Array.from({ length: CODE_LENGTH }, letter).join('')
      if (this.#owns(code) && !this.#places.has(keyOf(of, code))) return code
    }
  }

  /** Puts a room into the directory and opens it. */
  #place(facts: Pick<Place, 'of' | 'code' | 'private'>, open: () => Promise<OpenRoom>): Place {
    const key = keyOf(facts.of, facts.code)
    const place: Place = { ...facts, waiting: 0, room: undefined, opening: open() }
    this.#places.set(key, place)
    place.opening.then(
      (room) => {
        place.room = room
      },
      (error: unknown) => {
        this.#places.delete(key)
        this.#given.log('error', 'could not open a room', {
          game: facts.of.kind.protocol.name,
          room: facts.code,
          error,
        })
      },
    )
    return place
  }

  /** Opens a room from a checkpoint, in an epoch after `epoch`. Throws Crash and Malformed. */
  #placeSaved(of: Kind, code: string, bytes: Uint8Array, epoch: number): OpenRoom {
    const opened = openSaved(this.#given, of, code, { bytes, epoch })
    const room = this.#run(of, opened)
    this.#place({ of, code, private: opened.private }, () => Promise.resolve(room))
    return room
  }

  #run(of: Kind, { machine, ...facts }: Opened): OpenRoom {
    const { clock, entropy, seal, store, bus, jobs = noJobs(), log, mark = () => {} } = this.#given
    const room: OpenRoom = new OpenRoom(machine, {
      ...facts,
      settings: of.settings,
      telemetry: of.telemetry,
      clock,
      loops: this.#loops,
      store,
      bus,
      jobs,
      log,
      mark,
      seal,
      secret: () => Array.from({ length: 4 }, () => entropy().toString(16).padStart(8, '0')).join(''),
      ended: (how) => {
        this.#ticksOfEnded += machine.tick
        this.#places.delete(keyOf(of, machine.code))
        if (how === 'crashed') this.#afterCrash(of, room)
        else
          log('info', `room ${how}`, { game: of.kind.protocol.name, room: machine.code, tick: machine.tick })
      },
    })
    log('info', 'room open', {
      game: of.kind.protocol.name,
      room: room.code,
      tick: machine.tick,
      epoch: machine.epoch,
    })
    return room
  }

  /** Opens a saved room again from its last checkpoint, unless it crashes over and over. */
  #afterCrash(of: Kind, crashed: OpenRoom): void {
    const key = keyOf(of, crashed.code)
    const tally = this.#reopened.get(key) ?? createTally({ most: MAX_REOPENED, within: 60_000 })
    const bytes = crashed.saver?.last
    if (bytes !== undefined && !this.#stopping && tally.count(this.#given.clock.now())) {
      this.#reopened.set(key, tally)
      crashed.abandon(this.#reopen(of, crashed, bytes))
    } else {
      this.#reopened.delete(key)
      crashed.abandon(undefined)
      crashed.saver?.forget()
      if (of.settings.always && !this.#stopping && tally.count(this.#given.clock.now())) {
        this.#reopened.set(keyOf(of, this.#openNew(of, { private: false, options: undefined }).code), tally)
      }
    }
  }

  /** Opens a room that crashed from its checkpoint. Undefined where that fails; it is logged, and the checkpoint is left. */
  #reopen(of: Kind, crashed: OpenRoom, bytes: Uint8Array): OpenRoom | undefined {
    try {
      const room = this.#placeSaved(of, crashed.code, bytes, crashed.machine.epoch)
      void room.saver?.save()
      return room
    } catch (error) {
      this.#given.log('error', 'could not restore a room', { key: keyOf(of, crashed.code), error })
      return undefined
    }
  }
}

/** Seats of a room that are taken or about to be. */
export function taken({ room, waiting }: Place): number {
  return (room?.guests.counts.seats ?? 0) + waiting
}

/** Watchers of a room that are there or about to be. */
export function watched({ room, waiting }: Place): number {
  return (room?.guests.counts.watchers ?? 0) + waiting
}

function keyOf(of: Kind, code: string): string {
  return checkpointKey(of.kind.protocol.name, code)
}
