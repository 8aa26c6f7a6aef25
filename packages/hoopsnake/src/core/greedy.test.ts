import { beforeEach, expect, test } from 'vitest'
import { enterRaw } from '../../../../tests/enterRaw.ts'
import { quietHost } from '../../../../tests/quietHost.ts'
import type { Raw, RawDial } from '../test/raw.ts'
import { nothing } from '../wire/atoms.ts'
import { uint } from '../wire/numbers.ts'
import { Writer } from '../wire/writer.ts'
import type { VirtualClock } from './clock.ts'
import { virtualClock } from './clock.ts'
import { refuse } from './errors.ts'
import { writeInput } from './frames/play.ts'
import type { Host } from './host.ts'
import { rooms } from './kind.ts'
import { protocol } from './protocol.ts'

const shop = protocol('shop', 1, {
  state: { beats: uint, sold: uint },
  inputs: { buy: nothing, steal: nothing },
})

const room = shop.room(
  {
    create: () => ({ beats: 0, sold: 0 }),
    inputs: {
      buy: (inside) => void (inside.state.sold += 1),
      steal: () => refuse('CAUGHT', 'no'),
    },
    tick: (inside) => void (inside.state.beats += 1),
  },
  { hz: 10 },
)

let clock: VirtualClock
let host: Host

beforeEach(() => {
  clock = virtualClock()
  host = quietHost({
    rooms: rooms('test:', { room }),
    clock,
  })
})

const enter = (dial: RawDial = {}): Promise<Raw<typeof shop>> =>
  enterRaw({ link: host, clock, tick: 100 }, shop, dial)

const back = ({ welcome, tick }: Raw<typeof shop>): Promise<Raw<typeof shop>> =>
  enter({ intent: 'resume', code: welcome!.room, token: welcome!.token, epoch: welcome!.epoch, tick })

/** Sends an input as one who has seen nothing yet. */
function blindly(raw: Raw<typeof shop>, seq: number): void {
  const w = new Writer()
  writeInput(w, shop.inputs, { seq, input: 1, value: undefined }, { confirmed: 0 })
  raw.connection.receive(w.take())
}

test.each([
  ['is lost', (raw: Raw<typeof shop>) => raw.lose()],
  ['is taken over', () => {}],
])('inputs that came too fast are not lost when the connection %s', async (_, end) => {
  const ann = await enter()
  for (let i = 0; i < 90; i++) ann.send('buy')
  end(ann)
  const again = await back(ann)
  // 40 at once and some more since then; the others are for the client to send again.
  expect(again.welcome!.ack).toBeLessThan(50)
  for (let seq = again.welcome!.ack + 1; seq <= 90; seq++) again.send('buy', undefined, seq)
  for (let i = 0; i < 10; i++) {
    clock.advance(500)
    again.confirm()
  }
  expect(again.state!.sold).toBe(90)
  expect(again.ack).toBe(90)
})

test('[SF13] who sends on and on and confirms nothing is closed before it costs memory', async () => {
  const ann = await enter()
  let seq = 0
  while (ann.closed === undefined && seq < 3000) {
    blindly(ann, ++seq)
    clock.advance(50)
  }
  expect(ann.reason?.code).toBe('FLOOD')
  expect(seq).toBeLessThan(1200)
})

test('[SF13] who confirms nothing and asks for all, again and again, is closed before it costs memory', async () => {
  const ann = await enter()
  let seq = 0
  while (ann.closed === undefined && seq < 9000) {
    blindly(ann, ++seq)
    if (seq % 20 === 0) ann.askFull()
    clock.advance(50)
  }
  expect(ann.reason?.code).toBe('FLOOD')
})

test('[SF13] who does not read is given no answers to wait for it', async () => {
  const ann = await enter()
  const eve = await enter({ intent: 'watch' })
  for (const one of [ann, eve]) {
    one.pipe.queued = 100_000
    one.confirm()
    expect(one.pongs).toEqual([])
  }
  eve.send('buy')
  expect(eve.reason?.code).toBe('FLOOD')
})
