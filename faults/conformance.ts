/*
 * What RFC 6455 asks of a server, as bytes that are sent and what is answered: the cases of the Autobahn test suite, by
 * their numbers, as far as they apply. Messages here are binary and at most 4,096 bytes; compression (12, 13) is off.
 *
 * A message is given back as it came. Text is refused by the game's protocol (4001) wherever it is text at all.
 */
import { frame, type FrameParts, opcodes } from './websocket.ts'

const { CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG } = opcodes

/** One case. */
export interface Case {
  /** Number in the Autobahn test suite, and what is done. */
  readonly name: string
  readonly sent: readonly Buffer[]
  /** Whether it is sent a byte at a time. */
  readonly chopped?: boolean
  /** Frames that come back before the end. */
  readonly answers: readonly Answer[]
  /** Code of the close frame that comes back; 1005 for one without, undefined if the connection stays open. */
  readonly ends: number | undefined
}

export type Answer = readonly [opcode: number, payload: Buffer]

const none = Buffer.alloc(0)
const some = Buffer.from('hoop')
const bytes = (length: number): Buffer => Buffer.alloc(length, 0xfe)
const text = (hex: string): Buffer => Buffer.from(hex, 'hex')
const binary = (payload: Buffer, parts?: FrameParts): Buffer => frame(BINARY, payload, parts)
const more = (payload: Buffer, parts?: FrameParts): Buffer => frame(CONTINUATION, payload, parts)
const close = (code: number, reason: string | Buffer = ''): Buffer =>
  frame(CLOSE, Buffer.concat([Buffer.of(code >> 8, code & 255), Buffer.from(reason)]))
const open = { fin: false }

function echoed(name: string, payload: Buffer, ...sent: readonly Buffer[]): Case {
  return { name, sent, answers: [[BINARY, payload]], ends: undefined }
}

function ended(name: string, ends: number, ...sent: readonly Buffer[]): Case {
  return { name, sent, answers: [], ends }
}

const chopped = (one: Case): Case => ({ ...one, name: `${one.name}, a byte at a time`, chopped: true })

const messages: Case[] = [
  ...[0, 1, 125, 126, 127, 128, 4096].map((length) =>
    echoed(`1.2 a message of ${length} bytes`, bytes(length), binary(bytes(length))),
  ),
  chopped(echoed('1.2.8 a message of 300 bytes', bytes(300), binary(bytes(300)))),
  ended('1.1.1 an empty text', 4001, frame(TEXT, none)),
  ended('1.1.2 a text', 4001, frame(TEXT, some)),
]

const pings: Case[] = [
  ...([none, some, text('00ff fefdfcfb00ff'.replace(' ', '')), bytes(125)] as const).map(
    (payload, at): Case => ({
      name: `2.${at + 1} a ping of ${payload.length} bytes`,
      sent: [frame(PING, payload)],
      answers: [[PONG, payload]],
      ends: undefined,
    }),
  ),
  ended('2.5 a ping of 126 bytes', 1002, frame(PING, bytes(126))),
  chopped({ name: '2.6 a ping', sent: [frame(PING, some)], answers: [[PONG, some]], ends: undefined }),
  { name: '2.7 a pong that nobody asked for', sent: [frame(PONG, none)], answers: [], ends: undefined },
  { name: '2.8 a pong with words', sent: [frame(PONG, some)], answers: [], ends: undefined },
  {
    name: '2.9 a pong, then a ping',
    sent: [frame(PONG, some), frame(PING, some)],
    answers: [[PONG, some]],
    ends: undefined,
  },
  {
    name: '2.10 ten pings',
    sent: Array.from({ length: 10 }, (_, at) => frame(PING, Buffer.of(at))),
    answers: Array.from({ length: 10 }, (_, at): Answer => [PONG, Buffer.of(at)]),
    ends: undefined,
  },
]

const reserved: Case[] = [
  ...[1, 2, 3, 4, 5, 6, 7].map((rsv) => ended(`3.${rsv} reserved bits ${rsv}`, 1002, binary(some, { rsv }))),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    ended(`4 opcode ${opcode}`, 1002, frame(opcode, none)),
  ),
  ended('5.1.1 a frame without a mask', 1002, binary(some, { masked: false })),
]

const fragments: Case[] = [
  ended('5.1 a ping in fragments', 1002, frame(PING, some, open), more(some)),
  ended('5.2 a pong in fragments', 1002, frame(PONG, some, open), more(some)),
  echoed('5.3 a message in two fragments', Buffer.concat([some, some]), binary(some, open), more(some)),
  chopped(echoed('5.5 two fragments', Buffer.concat([some, some]), binary(some, open), more(some))),
  ...[false, true].map((slow): Case => {
    const one: Case = {
      name: '5.6 a ping between two fragments',
      sent: [binary(some, open), frame(PING, some), more(some)],
      answers: [
        [PONG, some],
        [BINARY, Buffer.concat([some, some])],
      ],
      ends: undefined,
    }
    return slow ? chopped(one) : one
  }),
  ended('5.9 a continuation of nothing', 1002, more(some)),
  ended('5.12 a continuation of nothing, with more to come', 1002, more(some, open)),
  {
    name: '5.15 a message in fragments, then a continuation of nothing',
    sent: [binary(some, open), more(some), more(some, open), binary(some)],
    answers: [[BINARY, Buffer.concat([some, some])]],
    ends: 1002,
  },
  ended('5.18 a message within another', 1002, binary(some, open), binary(some)),
  {
    name: '5.19 five fragments and two pings',
    sent: [
      binary(some, open),
      more(some, open),
      frame(PING, Buffer.of(1)),
      more(some, open),
      more(some, open),
      frame(PING, Buffer.of(2)),
      more(some),
    ],
    answers: [
      [PONG, Buffer.of(1)],
      [PONG, Buffer.of(2)],
      [BINARY, Buffer.concat([some, some, some, some, some])],
    ],
    ends: undefined,
  },
]

const utf8: Case[] = [
  ended('6.2 a text in fragments, right', 4001, frame(TEXT, text('ce'), open), more(text('ba'))),
  ended('6.3 no UTF-8', 1007, frame(TEXT, text('cebae1bdb9cf83cebcceb5eda080656469746564'))),
  ended('6.4 no UTF-8, in fragments', 1007, frame(TEXT, text('cebae1bdb9'), open), more(text('f4908080'))),
  ended('6.6 UTF-8 that ends too soon', 1007, frame(TEXT, text('cebae1bd'))),
  ended('6.10 a text too long for Unicode', 1007, frame(TEXT, text('f7bfbfbf'))),
  ended('6.12 a lone surrogate', 1007, frame(TEXT, text('eda080'))),
  ended('6.14 a byte that is never UTF-8', 1007, frame(TEXT, text('fe'))),
]

/** Codes that a client may close with, and those that it may not (RFC 6455, 7.4). */
const good = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
const bad = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535]

const closes: Case[] = [
  { ...echoed('7.1.1 a message, then a close', some, binary(some), close(1000)), ends: 1000 },
  ended('7.1.2 two closes', 1000, close(1000), close(1000)),
  ended('7.1.3 a close, then a ping', 1000, close(1000), frame(PING, some)),
  ended('7.1.4 a close, then a message', 1000, close(1000), binary(some)),
  ended('7.1.5 a close between two fragments', 1000, binary(some, open), close(1000), more(some)),
  ended('7.3.1 a close without a code', 1005, frame(CLOSE, none)),
  ended('7.3.2 a close of one byte', 1002, frame(CLOSE, Buffer.of(3))),
  ended('7.3.4 a close with a reason', 1000, close(1000, 'hoop')),
  ended('7.3.5 a reason of 123 bytes', 1000, close(1000, 'x'.repeat(123))),
  ended('7.3.6 a reason of 124 bytes', 1002, close(1000, 'x'.repeat(124))),
  ended('7.5.1 a reason that is no UTF-8', 1007, close(1000, text('cebae1bdb9eda080'))),
  ...good.map((code) => ended(`7.7 a close with ${code}`, code, close(code))),
  ...bad.map((code) => ended(`7.9 a close with ${code}`, 1002, close(code))),
]

/** The head of a message that says how long it is, and no more. */
const announced = (hex: string): Buffer => text(`82${hex}00000000`)

const limits: Case[] = [
  ended('9 one byte more than may be', 1009, binary(bytes(4097))),
  ended('9 64 KiB, announced', 1009, announced('ff0000000000010000')),
  ended('9 2 GiB, announced', 1009, announced('ff0000000080000000')),
  ended('9 2^63 bytes, announced', 1009, announced('ffffffffffffffffff')),
  ended('9 too long in fragments', 1009, binary(bytes(4000), open), more(bytes(97))),
  echoed(
    '9 16 fragments',
    bytes(16),
    binary(bytes(1), open),
    ...Array.from({ length: 14 }, () => more(bytes(1), open)),
    more(bytes(1)),
  ),
  ended(
    '9 17 fragments',
    1008,
    binary(bytes(1), open),
    ...Array.from({ length: 16 }, () => more(bytes(1), open)),
  ),
]

export const cases: readonly Case[] = [
  ...messages,
  ...pings,
  ...reserved,
  ...fragments,
  ...utf8,
  ...closes,
  ...limits,
]
