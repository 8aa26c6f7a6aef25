import type { Log } from '../core/log.ts'
import { no } from '../core/message.ts'
import type { Connection } from './connection.ts'

/**
 * Bytes that may be on their way to Redis at once; what comes on top is dropped.
 *
 * Half of what Redis lets wait for one listener before it cuts it off (client-output-buffer-limit pubsub 32mb), so that an
 * end which listens to itself does not cut itself off.
 */
const MOST = 16 << 20
/** What a command takes beyond its message, about. */
const OVERHEAD = 100

/** Sends commands without letting a slow server fill the memory. */
export interface Sender {
  /** Sends; `size` is that of its message. Rejects if the server said no, or was lost, or too much is on its way. */
  send(size: number, command: readonly (string | Buffer)[]): Promise<unknown>
}

/** Makes a sender. That it had to drop, or Redis said no, is logged once, until all is well again. */
export function createSender(connection: Connection, log: Log): Sender {
  let sending = 0
  let told = false

  function tell(error: unknown): void {
    // An outage is told by the owner of the connection.
    if (told || !connection.ready) return
    told = true
    log('warn', 'the bus cannot send to Redis: messages are dropped', { error })
  }
  return {
    async send(size, command) {
      const cost = size + OVERHEAD
      sending += cost
      try {
        if (sending > MOST) throw no('BUS_FULL', `more than ${MOST} bytes are on their way to Redis`)
        const reply = await connection.send(command)
        if (sending === cost) told = false
        return reply
      } catch (error) {
        tell(error)
        throw error
      } finally {
        sending -= cost
      }
    },
  }
}
