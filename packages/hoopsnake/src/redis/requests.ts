import type { BusGiven, Handler } from '../core/bus.ts'
import { Refused } from '../core/errors.ts'
import { no } from '../core/message.ts'
import { type Asked, createAsked, createResponders } from '../core/requests.ts'
import { realEntropy } from '../server/random.ts'
import { readAnswer, readRequest, type RequestId, writeAnswer, writeRequest } from './frames.ts'
import type { Line } from './line.ts'

/**
 * Requests over Redis.
 *
 * The message is kept under a key that expires with the asker's patience; the request is announced to all who respond to
 * its topic. Whoever takes the key away (GETDEL) has the message, alone, and answers: no two can, and nobody works on what
 * nobody waits for any more. If that one dies, the request is not served: at most once.
 */
export interface Requests {
  readonly asked: Asked
  /** Sends a request that waits in `asked`. Never rejects: that is for the one who waits. */
  put(topic: string, message: Buffer, wait: { readonly number: number; readonly ms: number }): Promise<void>
  respond(topic: string, handler: Handler): () => void
}

/** Makes the requests of one end, and listens for their answers. */
export function createRequests(line: Line, given: BusGiven & { readonly prefix: string }): Requests {
  const { prefix, clock, log } = given
  const asked = createAsked(clock)
  const responders = createResponders(log)
  const end = endName()
  const announceTo = (topic: string): string => `${prefix}q:${topic}`
  const answerTo = (whose: string): string => `${prefix}r:${whose}`
  const keyOf = (id: RequestId): string => `${prefix}a:${id.end}.${id.number}`
  /** Listens to a channel of frames; one that makes no sense must not throw into the client. */
  function listen<T>(channel: string, read: (bytes: Uint8Array) => T, take: (frame: T) => void): () => void {
    return line.want(channel, (bytes) => {
      try {
        take(read(bytes))
      } catch (error) {
        log('warn', 'a message of the bus makes no sense', { error })
      }
    })
  }

  async function serve(topic: string, id: RequestId): Promise<void> {
    try {
      const message = await line.send(0, ['GETDEL', keyOf(id)])
      // Somebody else was first, or the asker is gone.
      if (!(message instanceof Uint8Array)) return
      const answer = writeAnswer(id.number, await responders.answer(topic, new Uint8Array(message)))
      await line.send(answer.length, ['PUBLISH', answerTo(id.end), Buffer.from(answer.buffer)])
    } catch {
      // The line is down, or told the log why not; the asker's time runs out.
    }
  }
  line.changes.on((status) => {
    if (status === 'down') asked.giveUp(no('BUS_DOWN'))
  })
  listen(answerTo(end), readAnswer, ({ number, answer }) => asked.settle(number, answer))
  return {
    asked,
    async put(topic, message, { number, ms }) {
      const id = { end, number }
      try {
        const kept = line.send(message.length, ['SET', keyOf(id), message, 'PX', `${Math.ceil(ms) || 1}`])
        const announced = line.send(0, ['PUBLISH', announceTo(topic), Buffer.from(writeRequest(id).buffer)])
        const [, heard] = await Promise.all([kept, announced])
        if (heard !== 0) return
        asked.settle(number, no('NO_ANSWER', `nobody answers requests on '${topic}'`))
        await line.send(0, ['DEL', keyOf(id)])
      } catch (error) {
        const { message: why } = error as Error
        asked.settle(
          number,
          error instanceof Refused ? error : no('BUS_DOWN', `Redis did not take it: ${why}`),
        )
      }
    },
    respond(topic, handler) {
      const remove = responders.add(topic, handler)
      const stop = listen(announceTo(topic), readRequest, (id) => void serve(topic, id))
      return () => {
        remove()
        stop()
      }
    },
  }
}

/** 128 bits that no other end has. */
function endName(): string {
  const draw = realEntropy()
  return Array.from({ length: 4 }, () => draw().toString(16).padStart(8, '0')).join('')
}
