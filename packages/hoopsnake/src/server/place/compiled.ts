import type { RoomKind, Rooms } from '../../core/kind.ts'
import type { AnyProtocol } from '../../core/protocol.ts'
import { compile } from '../../wire/compile.ts'

/**
 * Returns the same rooms with code made for what is compared at every tick: their state.
 *
 * Where Node may not make code from text (`--disallow-code-generation-from-strings`) they stay as they are: slower.
 */
export function compiled(rooms: Rooms): Rooms {
  try {
    return {
      url: rooms.url,
      kinds: new Map([...rooms.kinds].map(([name, kind]) => [name, compiledKind(kind)])),
    }
  } catch (error) {
    if (error instanceof EvalError) return rooms
    throw error
  }
}

function compiledKind(kind: RoomKind): RoomKind {
  return { ...kind, protocol: compiledProtocol(kind.protocol) }
}

/** Returns the same protocol with code made for what is compared at every tick. Throws EvalError where Node may not. */
export function compiledProtocol<P extends AnyProtocol>(protocol: P): P {
  const { state, mine, hidden } = protocol
  return { ...protocol, state: compile(state), mine: compile(mine), hidden: compile(hidden) }
}
