/** Version of the frames in this folder and of the types in `wire/`. Raised whenever bytes change their meaning. */
export const WIRE = 1

/** First byte of a frame from the client. */
export const up = { HELLO: 1, INPUT: 2, CONFIRM: 3, ASK_FULL: 4, LEAVE: 5, TIMED_INPUT: 6 } as const

/** First byte of a frame from the server. */
export const down = {
  WELCOME: 1,
  REFUSED: 2,
  CLOSED: 3,
  WAIT: 4,
  FULL: 5,
  DELTA: 6,
  OWN: 7,
  PONG: 8,
  DRAINING: 9,
} as const

/** Longest texts in frames, in UTF-16 units. */
export const most = { PROTOCOL: 32, ROOM: 32, TICKET: 2048, TOKEN: 512, CODE: 64, MESSAGE: 500 } as const
