/**
 * Every code a client may be told, and what it means.
 *
 * Stable: programs compare codes, people read messages. A game adds codes of its own with {@link refuse}.
 */
export const codes = {
  MALFORMED: 'The bytes are not a frame of this protocol.',
  WRONG_WIRE: 'The two ends speak different versions of hoopsnake: reload the page.',
  WRONG_SCHEMA: 'The page was built for another version of this game: reload it.',
  UNKNOWN_PROTOCOL: 'This server has no game of that name.',
  UNKNOWN_ROOM: 'There is no room with that code (any more).',
  ROOM_FULL: 'Every seat of the room is taken.',
  ROOM_BUSY: 'The inbox of the room is full; try again in a moment.',
  SERVER_FULL: 'The server has no place for another room or connection.',
  STOPPING: 'The server is stopping; dial again in a moment.',
  DENIED: 'The server did not accept who you say you are.',
  BANNED: 'You are banned from this server.',
  GONE: 'The seat is no longer held; join anew.',
  TAKEN_OVER: 'Another connection took this seat over.',
  WATCHING: 'A watcher has no seat and sends no inputs; join to play.',
  FLOOD: 'More inputs than the room allows.',
  OUT_OF_ORDER: 'An input is missing between the last one and this one.',
  INPUT_FAILED: 'The room failed while handling this input; the input was dropped.',
  KICKED: 'The room closed this seat.',
  ROOM_CLOSED: 'The room is over.',
  CRASHED: 'The room failed and was closed.',
  SILENT: 'Nothing was heard from the client for too long.',
  TOO_SLOW: 'The handshake took too long.',
} as const

/** A code of hoopsnake itself. */
export type Code = keyof typeof codes

/**
 * One input or join that is not accepted. Its sender is told; nobody else notices.
 *
 * Return it from a handler *before* the handler writes state. Thrown, it also undoes what the handler wrote.
 */
export class Refused extends Error {
  override readonly name = 'Refused'
  /** Stable, UPPER_CASE, at most 64 characters. */
  readonly code: string

  constructor(code: string, message: string = codes[code as Code] ?? code) {
    super(message)
    this.code = code
  }
}

/**
 * Makes a refusal with a code of hoopsnake (message optional) or of the game's own.
 *
 * `return refuse('NOT_YOUR_TURN', 'it is the turn of the other player')`
 */
export function refuse(code: string, message?: string): Refused {
  return new Refused(code, message)
}

/** What a rule asks for that only the server knows. Ends the prediction of the handler that asked. */
export class Unpredictable extends Error {
  override readonly name = 'Unpredictable'
}

/** A fault that ends a room: a throw in its rules, or state that its types cannot carry. `cause` has the error. */
export class Crash extends Error {
  override readonly name = 'Crash'

  /** `where` names the hook, e.g. `tick`. */
  constructor(where: string, cause: unknown) {
    super(`${where}: ${wordsOf(cause)}`, { cause })
  }
}

/** Gives the words of what was thrown. Anything can be, even what cannot be made a text. */
export function wordsOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return 'something was thrown that has no words'
  }
}
