import type { Pipe } from '../../core/pipe.ts'
import type { Batch } from './batch.ts'
import type { Up, Write } from './messages.ts'

/** The pipes of a thread of rooms: what is written to them crosses to the sockets. */
export interface Pipes {
  open(id: number): Pipe
  /** Notes what waits in the sockets, as the gateway's thread counts it now and then. */
  queued(bytes: readonly (readonly [id: number, bytes: number])[]): void
}

/** Bytes counted for a socket: what was said to wait in it, and what was written since. */
interface Counted {
  said: number
  since: number
  /** The last write that has something for this connection. */
  last: Write | undefined
}

/**
 * Makes the pipes. A frame for many crosses once, with the list of whom it is for.
 *
 * Order holds for each connection: a connection joins a write that is on its way only if nothing else was written to it
 * after that one.
 */
export function createPipes(batch: Batch<Up>): Pipes {
  const open = new Map<number, Counted>()
  // The writes of this batch, by their frame, with their place in the order of writes.
  let number = -1
  const writes = new Map<Uint8Array, Write>()
  const order = new Map<Write, number>()

  function write(id: number, counted: Counted, own: Uint8Array | undefined, frame: Uint8Array): void {
    if (number !== batch.number) {
      number = batch.number
      writes.clear()
      order.clear()
    }
    const joined = writes.get(frame)
    const after = counted.last === undefined ? -1 : (order.get(counted.last) ?? -1)
    counted.since += frame.length + (own?.length ?? 0)
    if (joined !== undefined && order.get(joined)! > after) {
      joined.to.push(id)
      joined.own.push(own)
      counted.last = joined
      return
    }
    const made: Write = { do: 'write', frame, to: [id], own: [own] }
    writes.set(frame, made)
    order.set(made, order.size)
    counted.last = made
    batch.post(made)
  }

  return {
    open(id) {
      const counted: Counted = { said: 0, since: 0, last: undefined }
      open.set(id, counted)
      return {
        write: (frame, before) => write(id, counted, before?.slice(), frame),
        get queued() {
          return counted.said + counted.since
        },
        close(code, reason) {
          if (open.delete(id)) batch.post({ do: 'close', id, code, reason })
        },
      }
    },
    queued(bytes) {
      for (const counted of open.values()) counted.since = 0
      for (const [id, said] of bytes) {
        const counted = open.get(id)
        if (counted !== undefined) counted.said = said
      }
    },
  }
}
