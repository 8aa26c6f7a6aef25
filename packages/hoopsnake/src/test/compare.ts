import { Reader } from '../wire/reader.ts'
import type { Type } from '../wire/type.ts'
import { Writer } from '../wire/writer.ts'

/** A client that saw something else than the room was. */
export interface Desync {
  readonly room: string
  readonly tick: number
  /** 0 for a watcher. */
  readonly seat: number
  /** Where the first difference is, e.g. `state.snakes[7].score`. */
  readonly path: string
  readonly server: unknown
  readonly client: unknown
}

/** Encodes a value whole, leaving it as it is. */
export function encode<T>(type: Type<T>, value: T): Uint8Array {
  const w = new Writer()
  type.write(w, type.copy(value))
  return w.take()
}

/** Tells where two encoded values differ first, from `root`; undefined where they are equal, byte by byte. */
export function differ<T>(
  type: Type<T>,
  server: Uint8Array,
  client: Uint8Array,
  root: string,
): Pick<Desync, 'path' | 'server' | 'client'> | undefined {
  if (server.length === client.length && server.every((byte, i) => byte === client[i])) return undefined
  const [a, b] = [type.read(new Reader(server)), type.read(new Reader(client))]
  return search(a, b, root) ?? { path: root, server: a, client: b }
}

function search(
  a: unknown,
  b: unknown,
  path: string,
): Pick<Desync, 'path' | 'server' | 'client'> | undefined {
  if (Object.is(a, b)) return undefined
  const [parts, others] = [partsOf(a), partsOf(b)]
  if (parts === undefined || others === undefined) return { path, server: a, client: b }
  for (let i = 0; i < Math.max(parts.length, others.length); i++) {
    const [part, other] = [parts[i], others[i]]
    // Another order of a map is another state.
    if (part === undefined || other === undefined || part[0] !== other[0]) {
      return { path: `${path}${(part ?? other)![0]}`, server: part?.[1], client: other?.[1] }
    }
    const found = search(part[1], other[1], `${path}${part[0]}`)
    if (found !== undefined) return found
  }
  return undefined
}

/** Takes a container apart into steps of a path and what is there. */
function partsOf(value: unknown): [step: string, part: unknown][] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Map) return [...value].map(([key, part]) => [`[${String(key)}]`, part])
  if (Symbol.iterator in value) return [...(value as Iterable<unknown>)].map((part, i) => [`[${i}]`, part])
  return Object.entries(value).map(([name, part]) => [`.${name}`, part])
}
