import { expect, test, vi } from 'vitest'
import { signal } from './signal.ts'

const boom = (message: string) => () => {
  throw new Error(message)
}

test('[SG1] emit tells all listeners, in the order of their coming; off ends it', () => {
  const source = signal<number>()
  const seen: string[] = []
  const listener = (n: number): void => void seen.push(`a${n}`)
  const off = source.on(listener)
  // The same function twice is two listeners.
  const again = source.on(listener)
  source.on((n) => seen.push(`b${n}`))
  source.emit(1)
  off()
  off()
  source.emit(2)
  again()
  source.emit(3)
  expect(seen).toEqual(['a1', 'a1', 'b1', 'a2', 'b2', 'b3'])
  expect(source.listeners).toBe(1)
})

test('[SG1] who comes during an emit hears the next one, who leaves hears no more', () => {
  const source = signal<number>()
  const seen: string[] = []
  source.on((n) => {
    seen.push(`a${n}`)
    if (n === 1) source.on((late) => seen.push(`late${late}`))
    offB()
  })
  const offB = source.on((n) => seen.push(`b${n}`))
  source.emit(1)
  source.emit(2)
  expect(seen).toEqual(['a1', 'a2', 'late2'])
})

test('[SG1] what a listener emits comes after what is being told: everybody hears one order', () => {
  const source = signal<number>()
  const seen: string[] = []
  source.on((n) => {
    seen.push(`a${n}`)
    if (n === 1) source.emit(2)
  })
  source.on((n) => seen.push(`b${n}`))
  source.emit(1)
  expect(seen).toEqual(['a1', 'b1', 'a2', 'b2'])
})

test('[SG2] a listener that throws keeps nobody from hearing, and its error reaches the owner', () => {
  const failed = vi.fn<(error: unknown) => void>()
  const source = signal<number>(failed)
  const seen: number[] = []
  source.on(boom('first'))
  source.on((n) => seen.push(n))
  source.on(boom('second'))
  source.on((n) => seen.push(-n))
  source.emit(7)
  expect(seen).toEqual([7, -7])
  expect(failed.mock.calls.map(([error]) => String(error))).toEqual(['Error: first', 'Error: second'])
})

test('[SG2] without an owner, or with one who throws, the emitter gets the errors once all have heard', () => {
  const source = signal<number>()
  const seen: number[] = []
  source.on(boom('first'))
  source.on((n) => seen.push(n))
  expect(() => source.emit(7)).toThrow(AggregateError)
  expect(seen).toEqual([7])
  // The signal goes on.
  expect(() => source.emit(8)).toThrow(/listeners of a signal failed/)
  expect(seen).toEqual([7, 8])

  const owned = signal<number>(boom('owner'))
  owned.on(boom('listener'))
  let error: unknown
  try {
    owned.emit(1)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toMatchObject({ errors: [{ message: 'listener' }, { message: 'owner' }] })
})

test('[SG3] next gives the next value to everybody who waits, and leaves no listener', async () => {
  const source = signal<number>()
  const both = [source.next(), source.next()]
  expect(source.listeners).toBe(2)
  source.emit(1)
  source.emit(2)
  source.emit(3)
  expect(await Promise.all(both)).toEqual([1, 1])
  expect(source.listeners).toBe(0)
})

test('[SG3] next rejects with the reason of its abort, before or while it waits', async () => {
  const source = signal<number>()
  const controller = new AbortController()
  const waiting = source.next(controller.signal)
  const why = new Error('enough')
  controller.abort(why)
  await expect(waiting).rejects.toBe(why)
  await expect(source.next(controller.signal)).rejects.toBe(why)
  expect(source.listeners).toBe(0)
})

test('[SG4] iteration loses nothing between two turns and ends with break, return and throw alike', async () => {
  const source = signal<number>()
  const seen: number[] = []
  const reader = (async () => {
    for await (const n of source) {
      // Emitted while the reader is busy with another.
      if (n === 1) [2, 3, 4].forEach((more) => source.emit(more))
      seen.push(n)
      await Promise.resolve()
      if (n === 4) break
    }
  })()
  expect(source.listeners).toBe(1)
  source.emit(1)
  await reader
  expect(seen).toEqual([1, 2, 3, 4])
  expect(source.listeners).toBe(0)

  const failing = (async () => {
    for await (const n of source) throw new Error(`at ${n}`)
  })()
  source.emit(5)
  await expect(failing).rejects.toThrow('at 5')
  expect(source.listeners).toBe(0)
})
