/* Colyseus 0.18: a seat is reserved over HTTP, then the room talks over WebSocket. */
import { importPeer } from '../../measure/peers.ts'
import type { Client } from '../client.ts'
import type { Dialect, Heads, Talk, Witness } from '../dialects.ts'

/** `Protocol` of @colyseus/shared-types. */
const code = { join: 10, error: 11, leave: 12, data: 13, state: 14, patch: 15 } as const
/** Bits of the first byte that are not the code. */
const MODIFIERS = 0xe0

/** What is used of @colyseus/schema. */
interface Schema {
  readonly Reflection: { decode(bytes: Uint8Array, at: Place): Decoder }
  readonly decode: { number(bytes: Uint8Array, at: Place): number }
}

interface Decoder {
  readonly state: { readonly snakes: Map<string, { readonly x: number; readonly y: number }> }
  decode(bytes: Uint8Array, at: Place): void
}

interface Place {
  offset: number
}

export const colyseus: Dialect = {
  async path(port) {
    const answer = await fetch(`http://127.0.0.1:${port}/matchmake/joinOrCreate/field`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    const text = await answer.text()
    const { processId, roomId, sessionId } = JSON.parse(text) as Record<string, string>
    if (sessionId === undefined) throw new Error(`no seat: ${text}`)
    return `/${processId}/${roomId}?sessionId=${sessionId}`
  },
  talk,
  witness,
}

function talk(client: Client): Talk {
  return {
    take(payload) {
      switch (payload[0]! & ~MODIFIERS) {
        case code.patch:
          return 'tick'
        case code.join:
          client.send(Uint8Array.of(code.join))
          return undefined
        case code.state:
          return 'in'
        case code.error:
          throw new Error(`Colyseus: ${Buffer.from(payload).toString('latin1')}`)
        default:
          return undefined
      }
    },
    // `room.send('turn', to)`: the type as a short string, the message as MessagePack.
    turn: (to) => client.send(Uint8Array.of(code.data, 0xa4, ...Buffer.from('turn'), to)),
    leave: () => client.send(Uint8Array.of(code.leave)),
  }
}

async function witness(): Promise<Witness> {
  const { Reflection, decode } = await importPeer<Schema>('@colyseus/schema')
  let decoder: Decoder | undefined
  return {
    take(payload): Heads | undefined {
      const kind = payload[0]! & ~MODIFIERS
      if (kind === code.join) {
        const at = { offset: 1 }
        // The token to come back with, and the name of the serializer.
        at.offset += 1 + payload[at.offset]!
        at.offset += 1 + payload[at.offset]!
        const length = decode.number(payload, at)
        decoder = Reflection.decode(payload.subarray(at.offset, at.offset + length), { offset: 0 })
        return undefined
      }
      if (kind !== code.state && kind !== code.patch) return undefined
      decoder?.decode(payload, { offset: 1 })
      return new Map(Array.from(decoder!.state.snakes, ([id, { x, y }]) => [id, [x, y] as const]))
    },
  }
}
