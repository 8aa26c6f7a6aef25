import { type AnyProtocol, Writer } from 'hoopsnake'
import { up, WIRE } from '../../packages/hoopsnake/src/core/frames/kinds.ts'
import { writeConfirm } from '../../packages/hoopsnake/src/core/frames/play.ts'
import { mutate, raw, scribble, type Dice } from './scribble.ts'
import { readSchema } from './schema.ts'

/** What a client would have to know to speak well. */
export interface Knowledge {
  seq: number
  tick: number
  epoch: number
  token: string
}

/** Makes the frames of clients that know the protocol, and those of clients that do not. */
export interface Frames {
  /** What is said first. */
  hello(know: Knowledge): Uint8Array
  /** What is said once in. */
  next(know: Knowledge): Uint8Array
}

const edges = [0, 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1]

/** Makes frames for a protocol by chance. */
export function framesOf(protocol: AnyProtocol, dice: Dice): Frames {
  const inputs = protocol.inputs.map(({ type }) => readSchema(type.schema))
  const [ask, options] = [readSchema(protocol.join.schema), readSchema(protocol.options.schema)]
  const w = new Writer(256)

  function hello(know: Knowledge): void {
    w.u8(up.HELLO)
    w.u8(dice(100) === 0 ? dice(256) : WIRE)
    w.str(dice(100) === 0 ? 'other' : protocol.name)
    w.u32(dice(100) === 0 ? 0 : protocol.hash)
    w.str(dice(20) === 0 ? 'x'.repeat(dice(3000)) : '')
    const intent = dice(20) === 0 ? dice(6) : [0, 0, 0, 1, 2, know.token === '' ? 0 : 3][dice(6)]!
    w.u8(intent)
    if (intent === 1) {
      w.u8(dice(2))
      const has = dice(2)
      w.u8(has)
      if (has === 1) scribble(w, options, dice)
    }
    if (intent === 0 || intent === 1) scribble(w, ask, dice)
    if (intent !== 3) return
    w.str(know.token)
    w.uint(know.epoch)
    w.uint(near(know.tick))
  }
  function input(know: Knowledge): void {
    const timed = dice(4) === 0
    w.u8(timed ? up.TIMED_INPUT : up.INPUT)
    if (dice(50) === 0) w.uint(near(know.seq))
    else w.uint(++know.seq)
    w.uint(near(know.tick))
    if (timed) w.f64(dice(100_000))
    const at = dice(inputs.length)
    w.u8(dice(200) === 0 ? inputs.length : at)
    scribble(w, inputs[at]!, dice)
  }
  const near = (number: number): number => nearTo(number, dice)
  const written = (write: () => void): Uint8Array => {
    w.clear()
    write()
    return w.take()
  }

  return {
    hello(know) {
      const frame = written(() => hello(know))
      return dice(20) === 0 ? mutate(frame, dice) : frame
    },
    next(know) {
      const kind = dice(1000)
      if (kind < 10) return written(() => raw(w, dice(64), dice))
      if (kind < 15) return written(() => hello(know))
      if (kind < 20) return Uint8Array.of(up.LEAVE)
      if (kind < 70) return Uint8Array.of(up.ASK_FULL)
      if (kind < 270) return written(() => writeConfirm(w, near(know.tick), dice(1000)))
      const frame = written(() => input(know))
      return kind < 300 ? mutate(frame, dice) : frame
    },
  }
}

/** Gives a number a little below, or one from far away. */
function nearTo(number: number, dice: Dice): number {
  return dice(50) === 0 ? edges[dice(edges.length)]! : Math.max(0, number - dice(3))
}
