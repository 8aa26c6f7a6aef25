/* Who encodes what a tick changed. Each gives the bytes that everybody in the room is sent. */
import { bool, map, protocol, struct, u16, u8, uint } from 'hoopsnake'
import { Sync } from '../../packages/hoopsnake/src/core/sync.ts'
import { compiledProtocol } from '../../packages/hoopsnake/src/server/place/compiled.ts'
import { importPeer } from '../measure/peers.ts'
import { createHerd, kind, type Herd } from './herd.ts'

/** A room of one contender: `move` is not measured, `encode` is. */
export interface Encoding {
  readonly move: () => void
  encode(): Uint8Array | string
}

/** Bodies are told by `hoopsnake` only; the others leave them to be implied by the moves. */
export const contenders: Readonly<Record<string, (snakes: number) => Promise<Encoding>>> = {
  hoopsnake,
  'hoopsnake, flat': flat,
  schema,
  msgpackr,
  json,
}

/** The room's own flush, with a seat for each snake. */
async function hoopsnake(snakes: number): Promise<Encoding> {
  const { state, move } = createHerd(snakes)
  const seats = new Map([...state.snakes].map(([id, { name }]) => [id, { id, mine: { name } }] as const))
  const room = { state, hidden: {}, seats }
  const sync = new Sync(kind.protocol, { epoch: 1, tick: 0 }, room)
  let tick = 0
  return { move, encode: () => sync.flush(++tick, room, []).delta }
}

/** What those are told of a snake who leave its body out. */
const head = struct({ x: u8, y: u8, dir: u8, score: u16, length: u16, alive: bool })
const field = protocol('flat', 1, { state: { snakes: map(uint, head, 10_000) }, inputs: {} })

/** The room's own flush, of the state that `schema` has: the same snakes, the same fields. */
async function flat(snakes: number): Promise<Encoding> {
  const herd = createHerd(snakes)
  const heads = new Map([...herd.state.snakes.keys()].map((id) => [id, unmoved()]))
  const room = { state: { snakes: heads }, hidden: {}, seats: new Map() }
  const sync = new Sync(compiledProtocol(field), { epoch: 1, tick: 0 }, room)
  let tick = 0
  const all = [...heads.values()]
  return {
    move() {
      herd.move()
      let i = 0
      for (const { x, y, body } of herd.state.snakes.values()) {
        const snake = all[i++]!
        snake.x = x
        snake.y = y
        snake.dir = numbers[body.last!]
      }
    },
    encode: () => sync.flush(++tick, room, []).delta,
  }
}

const unmoved = () => ({ x: 0, y: 0, dir: 0, score: 0, length: 10, alive: true })

interface SchemaPackage {
  readonly schema: (fields: object, name: string) => new () => Record<string, unknown>
  readonly t: Readonly<Record<'uint8' | 'uint16' | 'boolean', () => unknown>> & {
    readonly map: (type: unknown) => unknown
  }
  readonly Encoder: new (state: object) => { encode(): Uint8Array; discardChanges(): void }
}

/** `@colyseus/schema`, flat. It tracks what is assigned, so that is measured too. */
async function schema(snakes: number): Promise<Encoding> {
  const { schema: define, t, Encoder } = await importPeer<SchemaPackage>('@colyseus/schema')
  const types = {
    x: t.uint8(),
    y: t.uint8(),
    dir: t.uint8(),
    score: t.uint16(),
    length: t.uint16(),
    alive: t.boolean(),
  }
  const Snake = define(types, 'Snake')
  const Field = define({ snakes: t.map(Snake) }, 'Field')
  const herd = createHerd(snakes)
  const world = new Field()
  const all = world['snakes'] as Map<string, Record<string, unknown>>
  for (const [id] of herd.state.snakes) {
    const snake = Object.assign(new Snake(), unmoved())
    all.set(String(id), snake)
  }
  const encoder = new Encoder(world)
  const theirs = [...all.values()]
  return {
    move: herd.move,
    encode() {
      let i = 0
      for (const { x, y, body } of herd.state.snakes.values()) {
        const snake = theirs[i++]!
        const dir = numbers[body.last!]
        if (snake['x'] !== x) snake['x'] = x
        if (snake['y'] !== y) snake['y'] = y
        if (snake['dir'] !== dir) snake['dir'] = dir
      }
      const bytes = encoder.encode()
      encoder.discardChanges()
      return bytes
    },
  }
}

const numbers = { up: 0, right: 1, down: 2, left: 3 }

/** What moved, as compact as arrays get. */
function rowsOf({ state }: Herd): number[][] {
  return [...state.snakes].map(([id, { x, y, body }]) => [id, x, y, numbers[body.last!]])
}

async function msgpackr(snakes: number): Promise<Encoding> {
  const { Packr } = await importPeer<{ Packr: new () => { pack(value: unknown): Uint8Array } }>('msgpackr')
  const packr = new Packr()
  const herd = createHerd(snakes)
  return { move: herd.move, encode: () => packr.pack(rowsOf(herd)) }
}

async function json(snakes: number): Promise<Encoding> {
  const herd = createHerd(snakes)
  return { move: herd.move, encode: () => JSON.stringify(rowsOf(herd)) }
}
