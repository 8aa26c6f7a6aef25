import type { AnyProtocol, StateOf } from '../core/protocol.ts'
import type { Refused } from '../core/errors.ts'
import { follow } from './each.ts'
import type { Handlers } from './each.ts'
import { Play } from './play.ts'
import type { Setup } from './play.ts'
import type { Game, Stats, View } from './types.ts'

/** What becomes of a dial: exactly one of the two is called, once. */
export interface Answers<P extends AnyProtocol> {
  readonly entered: (game: Game<P>) => void
  readonly refused: (no: Refused) => void
}

/** Dials, and answers with a game or a refusal. What the dial throws is thrown. */
export function openGame<P extends AnyProtocol>(
  setup: Omit<Setup, 'entered' | 'ended'>,
  answers: Answers<P>,
): void {
  let game: Game<P> | undefined
  const play = new Play({
    ...setup,
    entered() {
      game = createGame<P>(play, setup.protocol)
      answers.entered(game)
    },
    ended(reason) {
      if (game === undefined) answers.refused(reason)
    },
  })
  play.start()
}

function createGame<P extends AnyProtocol>(play: Play, protocol: AnyProtocol): Game<P> {
  const { replica, signals, events, session, timeline } = play
  const told = new Set(protocol.events.map(({ name }) => name))
  const game = {
    get state() {
      return replica.state
    },
    get tick() {
      return replica.tick
    },
    get mine() {
      return replica.mine
    },
    get code() {
      return play.room?.room
    },
    get seat() {
      return play.room?.seat
    },
    get status() {
      return session.status
    },
    get reason() {
      return session.reason
    },
    get rtt() {
      return timeline.rtt
    },
    get stats() {
      return measure(play)
    },
    on: (name: string, listener: () => void) => (told.has(name) ? events : signals).on(name, listener),
    when: (name: string, listener: () => void) => signals.on(name, listener),
    view: (now = play.clock.now()) => look(play, now),
    each(field: string, handlers: Handlers) {
      const step = follow(handlers)
      const pick = (state: object): void =>
        step((state as Record<string, ReadonlyMap<unknown, unknown>>)[field]!)
      pick(replica.state!)
      return signals.on('state', pick)
    },
    leave: () => play.leave(),
    send: (input: string, value?: unknown) => play.put(input, value),
    ask: (input: string, value?: unknown) =>
      new Promise<Refused | null>((resolve) => play.put(input, value, resolve)),
  }
  return game as unknown as Game<P>
}

function look<P extends AnyProtocol>(play: Play, now: number): View<StateOf<P>> {
  const predicted = play.predict(now)
  const predictedTick = play.prediction?.tick ?? play.replica.tick
  const seen = play.playback.at(now, play.timeline.position(now))
  return { ...seen, predicted, predictedTick } as View<StateOf<P>>
}

function measure(play: Play): Stats {
  const { timeline, prediction, replica, outbox, playback, session } = play
  return {
    rtt: timeline.rtt,
    jitter: timeline.jitter,
    ahead: Math.max(0, (prediction?.tick ?? 0) - replica.tick),
    pending: outbox.pending.length,
    delay: playback.delay,
    received: session.received,
    sent: session.sent,
  }
}
