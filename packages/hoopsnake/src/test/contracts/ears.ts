import type { Bus } from '../../core/bus.ts'
import type { Log } from '../../core/log.ts'
import { signal } from '../../core/signal.ts'

/** A log that is kept. */
export interface LogBook {
  readonly log: Log
  readonly lines: { readonly level: string; readonly message: string; readonly error?: unknown }[]
}

/** Makes a log that is kept. */
export function logBook(): LogBook {
  const lines: LogBook['lines'] = []
  return { lines, log: (level, message, fields) => void lines.push({ level, message, ...fields }) }
}

/** Listens to a topic and keeps what it hears. */
export function ear(bus: Bus, topic: string): Ear {
  const heard: number[][] = []
  const more = signal<void>()
  const stop = bus.subscribe(topic, (message) => {
    heard.push(Array.from(message))
    more.emit()
  })
  return {
    heard,
    stop,
    async until(count) {
      while (heard.length < count) await more.next()
    },
  }
}

/** What listens to a topic. */
export interface Ear {
  /** The bytes of each message, in the order of their coming. */
  readonly heard: number[][]
  readonly stop: () => void
  /** Waits until so many were heard, within the time limit of the test. */
  readonly until: (count: number) => Promise<void>
}

/** Waits until all that an end subscribed to is in force, and all that was sent to it before is heard. */
export async function settle(bus: Bus): Promise<void> {
  const topic = `settle/${settled++}`
  const echo = ear(bus, topic)
  bus.publish(topic, bytes())
  await echo.until(1)
  echo.stop()
}
let settled = 0

export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values)
}
