import type { Source } from '../core/any.ts'
import type { BusGiven, BusStatus } from '../core/bus.ts'
import { signal } from '../core/signal.ts'
import { type Channels, createChannels } from './channels.ts'
import { connect, type RedisAt } from './connection.ts'
import { createSender, type Sender } from './sender.ts'

/** Time for what is on its way when a line is closed, in ms. */
const GOODBYE = 1000

/** A line to Redis that comes back by itself, with all that it listened to. */
export interface Line extends Sender, Pick<Channels, 'want'> {
  /** 'up' once the server has confirmed all that is listened to. */
  readonly status: BusStatus
  readonly changes: Source<BusStatus>
  /** Sends what is on its way, 1 s at most. Never rejects. */
  close(): Promise<void>
}

/** Opens a line. Each outage is one line in the log, and one when it is over. */
export async function openLine(at: RedisAt, { clock, log }: BusGiven): Promise<Line> {
  const changes = signal<BusStatus>((error) => log('error', 'a listener to the status failed', { error }))
  const connection = await connect(at, { clock, log }, { ready: () => void restore(), lost })
  const channels = createChannels(connection, log)
  const sender = createSender(connection, log)
  let status: BusStatus = 'up'
  let since = 0
  let attempt = 0

  function turn(to: BusStatus): void {
    if (status === to) return
    status = to
    changes.emit(to)
  }
  async function restore(): Promise<void> {
    const mine = ++attempt
    await channels.restore()
    if (mine !== attempt || !connection.ready) return
    log('info', 'the bus is back', { after: `${Math.round(clock.now() - since)}ms` })
    turn('up')
  }
  function lost(error: Error): void {
    attempt += 1
    if (status === 'down') return
    since = clock.now()
    log('warn', 'the bus lost Redis: messages are dropped until it is back', { error: error.message })
    turn('down')
  }
  return {
    get status() {
      return status
    },
    changes,
    want: (channel, hear) => channels.want(channel, hear),
    send: (size, command) => sender.send(size, command),
    close() {
      attempt += 1
      const closed = connection.close(GOODBYE)
      turn('down')
      return closed
    },
  }
}
