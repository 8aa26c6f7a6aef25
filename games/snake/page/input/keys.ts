import type { Dir } from '../../protocol.ts'

// Arrows by meaning; letters by their place on the keyboard, so that they form a cross on every layout.
const byKey: Readonly<Record<string, Dir>> = {
  ArrowUp: 'up',
  ArrowRight: 'right',
  ArrowDown: 'down',
  ArrowLeft: 'left',
}
const byCode: Readonly<Record<string, Dir>> = { KeyW: 'up', KeyD: 'right', KeyS: 'down', KeyA: 'left' }

/** What the page reads of a keyboard event. */
export interface Key {
  readonly key: string
  readonly code: string
  readonly repeat: boolean
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
}

/** What a key asks for: a turn, to join, the debug overlay; `none` for a held key that says nothing new. */
export type Command = { readonly turn: Dir } | 'join' | 'debug' | 'none'

/** Reads a key. Undefined for keys that are not the game's. */
export function commandOf(key: Key): Command | undefined {
  if (key.ctrlKey || key.altKey || key.metaKey) return undefined
  const turn = own(byKey, key.key) ?? own(byCode, key.code)
  const command = turn
    ? { turn }
    : key.key === ' ' || key.key === 'Enter'
      ? 'join'
      : key.key === '~'
        ? 'debug'
        : undefined
  return command && key.repeat ? 'none' : command
}

function own(table: Readonly<Record<string, Dir>>, name: string): Dir | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
