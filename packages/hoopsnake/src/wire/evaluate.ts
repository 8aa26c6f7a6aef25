import type { Type } from './type.ts'

/** How many texts were made code. */
let made = 0

/**
 * Makes what `code` returns. It sees the tools by their names.
 *
 * Functions from text are what the Content Security Policy of a page forbids, and should: this is for servers. What comes
 * from a game stands in the code as quoted text only.
 */
export function evaluate(code: string, tools: object): unknown {
  // Of one text the engine makes one function, however often it is evaluated, and what is constant in one is not in the
  // next. A text of its own lets it build the tools right into the code.
  const text = `'use strict' // ${made++}\n${code}`
  // oxlint-disable-next-line typescript/no-implied-eval -- the one place
  return new Function(...Object.keys(tools), text)(...Object.values(tools)) as unknown
}

/**
 * Gives code that tells whether an atom changed, or is −0.
 *
 * Written so that the engine makes a comparison of it, where `Object.is` would be called, and so would `!==` of booleans
 * unless it is told that one of the two is one.
 */
export function differ({ ordinal }: Type<unknown>, was: string, is: string): string {
  const values = ordinal?.values ?? []
  const all = (kind: string): boolean => values.length > 0 && values.every((value) => typeof value === kind)
  if (all('boolean')) return `${is} !== (${was} === true)`
  if (all('string')) return `${was} !== ${is}`
  return `(${was} !== ${is} || typeof ${is} === 'number' && ${is} === 0 && Object.is(${is}, -0))`
}
