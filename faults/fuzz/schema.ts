/** A type as its canonical text says it: `map(uint,str(15),64)`, `struct("x":u8)`. */
export interface Schema {
  readonly name: string
  readonly numbers: readonly number[]
  /** Names of `oneOf`, or of the fields of a `struct`. */
  readonly names: readonly string[]
  /** Types of elements or of fields. */
  readonly types: readonly Schema[]
}

const token = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d[\d.e+-]*)|([A-Za-z]\w*)|([(),:]))/y

/** Reads the canonical text of a type. Throws SyntaxError on what is none. */
export function readSchema(text: string): Schema {
  token.lastIndex = 0
  let next = take()
  function take(): string | undefined {
    if (token.lastIndex >= text.length) return undefined
    const found = token.exec(text)
    if (found === null) throw new SyntaxError(`no schema: ${text}`)
    return found[0].trim()
  }
  function type(): Schema {
    const name = next!
    const found = { name, numbers: [] as number[], names: [] as string[], types: [] as Schema[] }
    next = take()
    if (next !== '(') return found
    next = take()
    while (next !== ')') {
      if (next === undefined) throw new SyntaxError(`no schema: ${text}`)
      if (next === ',' || next === ':') next = take()
      else if (next.startsWith('"')) {
        found.names.push(JSON.parse(next) as string)
        next = take()
      } else if (/^[-\d]/.test(next)) {
        found.numbers.push(Number(next))
        next = take()
      } else found.types.push(type())
    }
    next = take()
    return found
  }
  return type()
}
