import type { RoomKind, Rooms } from '../../core/kind.ts'
import { compile } from '../../wire/compile.ts'

/** Returns the same rooms with code made for what is compared at every tick: their state. */
export function compiled({ url, kinds }: Rooms): Rooms {
  return { url, kinds: new Map([...kinds].map(([name, kind]) => [name, compiledKind(kind)])) }
}

function compiledKind(kind: RoomKind): RoomKind {
  const { state, mine, hidden } = kind.protocol
  const types = { state: compile(state), mine: compile(mine), hidden: compile(hidden) }
  return { ...kind, protocol: { ...kind.protocol, ...types } }
}
