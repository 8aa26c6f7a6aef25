import { Misfit } from '../wire/errors.ts'
import type { Type } from '../wire/type.ts'
import { Writer } from '../wire/writer.ts'
import type { Named } from '../core/protocol.ts'

/** Bytes of an input at most. With what is around it, a message of 4 KB, which is what a server takes. */
const MAX_INPUT = 4064

/** Returns a copy of the value, as the server will read it. Throws Misfit, with the name in its path. */
export function fit({ name, type }: Named, value: unknown): unknown {
  try {
    const w = new Writer()
    const fitting = type.write(w, copyOf(type, value))
    if (w.length > MAX_INPUT) throw new Misfit(`takes ${w.length} bytes where at most ${MAX_INPUT} fit`)
    return fitting
  } catch (error) {
    throw error instanceof Misfit ? error.at(name) : error
  }
}

function copyOf(type: Type<unknown>, value: unknown): unknown {
  try {
    return type.copy(value)
  } catch (error) {
    // Of the wrong shape altogether. Its type says best what is wrong, and may write into any other copy.
    type.write(new Writer(), structuredClone(value))
    throw error
  }
}
