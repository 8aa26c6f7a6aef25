import { bool, list, map, nothing, oneOf, protocol, str, struct, trail, u16, u8, uint } from 'hoopsnake'
import type { MineOf, StateOf, Value } from 'hoopsnake'

/** Most characters (UTF-16 units) of a name. What else a name may be: `cleanName`. */
export const NAME = 15

/** How many lines the score table has. */
export const TOP = 15

/** How many colours there are; the page says which. */
export const COLORS = 6

const dir = oneOf('up', 'right', 'down', 'left')
export type Dir = Value<typeof dir>

/** What a cell of the field shows: food (its worth), a stone, or the head, body or tail of a corpse. */
const mark = oneOf('1', '2', '3', '4', '5', '6', '7', '8', '9', '#', 'x', '@', '+')
export type Mark = Value<typeof mark>

/** due: is born at the next tick. */
const life = oneOf('due', 'alive', 'dead')

/** What a snake died of. `left`: its player went away. */
const cause = oneOf('wall', 'stone', 'corpse', 'snake', 'left')
export type Cause = Value<typeof cause>

const snake = struct({
  name: str(NAME),
  /** Whether the server steers it. */
  bot: bool,
  /** 0 … COLORS − 1. */
  color: u8,
  score: uint,
  life,
  /** Where the head is: column from the left and row from the top. Means nothing unless `alive`. */
  x: u8,
  y: u8,
  /** By how many cells it will yet grow. */
  growth: uint,
  /** Turns to come, one per tick. */
  turns: list(dir, 3),
  /** From the tail to the head: the direction of each move that made it. One less than its cells. */
  body: trail(dir, 1249),
})
export type Snake = Value<typeof snake>

/** What was found for a bot that stood there. */
const way = struct({ bot: uint, x: u8, y: u8, turns: list(dir, 3) })
export type Way = Value<typeof way>

const score = struct({ name: str(NAME), score: uint })
export type Score = Value<typeof score>

/**
 * The contract of the game, for both modes: `rules/classic.ts` and `rules/open.ts`.
 *
 * Refusals of its own: FULL (ten snakes live), NO_ROOM (no place left for another), NOT_ALIVE (a turn of the dead),
 * ALREADY_ALIVE (`play` of the living).
 */
export const pit = protocol('snake', 1, {
  join: { name: str(NAME) },
  state: {
    /** Says which rules run here. */
    mode: oneOf('classic', 'open'),
    /** Waiting for the first snake; playing while one lives or is due; over once the last died. */
    phase: oneOf('waiting', 'playing', 'over'),
    width: u8,
    height: u8,
    /** What lies on the field, by cell = y × width + x. Living snakes are not in it. */
    field: map(u16, mark, 1250),
    /** By seat, bots by numbers above all seats; in the order of birth. Who has a seat but has not played this round is not in it. */
    snakes: map(uint, snake, 10_000),
    /** The best scores ever, best first. */
    top: list(score, TOP),
  },
  mine: {
    /** The name as it is shown to others: cleaned. */
    name: str(NAME),
  },
  inputs: {
    turn: dir,
    /** Asks for a snake: the first, or a new one after death. */
    play: nothing,
  },
  events: {
    died: struct({ seat: uint, by: cause }),
  },
  results: {
    scores: list(score, TOP),
    way,
  },
})

export type Pit = typeof pit
export type PitState = StateOf<Pit>
export type PitMine = MineOf<Pit>
