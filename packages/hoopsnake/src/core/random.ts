/** Everything a generator remembers: four u32, not all zero. */
export type RandomState = readonly [number, number, number, number]

/**
 * Chance that can be saved, restored and repeated.
 *
 * The same numbers on every machine.
 */
export interface Random {
  /** Draws a number in [0, 1): one of 2³² evenly spaced values. */
  next(): number
  /**
   * Draws an integer in [0, below), each exactly as likely as the others.
   *
   * Throws RangeError unless 1 ≤ below ≤ 2³².
   */
  int(below: number): number
  /** What `restore` needs to go on from here. */
  readonly state: RandomState
  /** Goes on from a saved state. Throws RangeError on what cannot be one. */
  restore(state: RandomState): void
}

/**
 * Makes a generator from a seed (a safe integer) or from a saved state.
 *
 * Not for secrets: outputs give the state away.
 *
 * Algorithm: xoshiro128** 1.1 by David Blackman and Sebastiano Vigna, public domain,
 * https://prng.di.unimi.it/xoshiro128starstar.c; "Scrambled Linear Pseudorandom Number Generators", ACM TOMS
 * 47(4), 2021.
 */
export function createRandom(seed: number | RandomState): Random {
  let [a, b, c, d] = typeof seed === 'number' ? spread(seed) : checked(seed)

  function draw(): number {
    const drawn = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return drawn
  }

  return {
    next: () => draw() / 0x1_0000_0000,
    int(below) {
      if (!(Number.isInteger(below) && below >= 1 && below <= 0x1_0000_0000)) {
        throw new RangeError(`int(${below}): give an integer from 1 to 2 ** 32`)
      }
      // The last, incomplete run of `below` values would favour small results: draw again instead.
      const fair = 0x1_0000_0000 - (0x1_0000_0000 % below)
      let drawn = draw()
      while (drawn >= fair) drawn = draw()
      return drawn % below
    },
    get state(): RandomState {
      return [a >>> 0, b >>> 0, c >>> 0, d >>> 0]
    },
    restore(state) {
      ;[a, b, c, d] = checked(state)
    },
  }
}

/**
 * Spreads a seed over a whole state, no two seeds over the same.
 *
 * Never all zero: only one input mixes to zero.
 *
 * SplitMix (Steele, Lea, Flood, OOPSLA 2014) in 32 bits, with the finaliser of MurmurHash3 (Austin Appleby,
 * public domain).
 */
function spread(seed: number): RandomState {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed ${seed}: give a safe integer`)
  let at = seed | 0
  const word = () => mix((at = (at + 0x9e3779b9) | 0))
  const [a, b] = [word(), word()]
  at ^= Math.floor(seed / 0x1_0000_0000)
  return [a, b, word(), word()]
}

function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return (word ^ (word >>> 16)) >>> 0
}

function rotate(word: number, left: number): number {
  return (word << left) | (word >>> (32 - left))
}

function checked(state: RandomState): RandomState {
  const sound =
    state.length === 4 && state.every((word) => word >>> 0 === word) && state.some((word) => word !== 0)
  if (!sound)
    throw new RangeError(`[${state.join(', ')}] is no state: give four integers of 32 bits, not all zero`)
  return state
}
