/**
 * Makes what `code` returns. It sees the tools by their names.
 *
 * Functions from text are what the Content Security Policy of a page forbids, and should: this is for servers. What comes
 * from a game stands in the code as quoted text only.
 */
export function evaluate(code: string, tools: object): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- the one place
  return new Function(...Object.keys(tools), `'use strict'\n${code}`)(...Object.values(tools)) as unknown
}

/** Gives code that tells whether an atom changed, or is −0. Unlike a call of `Object.is`, names take a comparison. */
export function differ(was: string, is: string): string {
  return `(${was} !== ${is} || typeof ${is} === 'number' && ${is} === 0 && Object.is(${is}, -0))`
}
