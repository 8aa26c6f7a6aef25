/** Bytes that are not a value of the type they were read as. The sender is to blame, and is refused. */
export class Malformed extends Error {
  readonly code = 'MALFORMED'
  override readonly name = 'Malformed'
}

/**
 * A value that its type cannot carry: out of range, NaN, too long, not one of the names.
 * `path` says where it stands, e.g. `snakes[7].color`.
 */
export class Misfit extends Error {
  readonly code = 'MISFIT'
  override readonly name = 'Misfit'
  /** From the value outwards; containers put their part in front as the error passes through them. */
  path = ''
  /** The row of a column it stands in, until the map or list puts that into the path. */
  row: number | undefined
  readonly #what: string

  constructor(what: string) {
    super(what)
    this.#what = what
  }

  /** Puts one step of the path in front and returns the error, to be thrown on. */
  at(step: string | number): this {
    const part = typeof step === 'number' ? `[${step}]` : step
    this.path = this.path === '' || this.path.startsWith('[') ? part + this.path : `${part}.${this.path}`
    this.message = `${this.path}: ${this.#what}`
    return this
  }
}

/** Puts `step` in front of the path if `error` is a Misfit, and returns it, to be thrown on. */
export function within(error: unknown, step: string | number): unknown {
  return error instanceof Misfit ? error.at(step) : error
}

/** Notes the row of a column if `error` is a Misfit, and returns it, to be thrown on. */
export function inRow(error: unknown, row: number): unknown {
  if (error instanceof Misfit) error.row = row
  return error
}

/** Puts the row that was noted in front of the path as `step` names it, and returns the error, to be thrown on. */
export function fromRow(error: unknown, step: (row: number) => string | number): unknown {
  if (!(error instanceof Misfit) || error.row === undefined) return error
  const { row } = error
  error.row = undefined
  return error.at(step(row))
}

/** Says that something else was expected. */
export function misfit(expected: string, got: unknown): Misfit {
  return new Misfit(`expected ${expected}, got ${show(got)}`)
}

/** Names a value in a few words, for an error. */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 40 ? `a text of ${value.length} characters` : `'${value}'`
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value instanceof Map) return `a Map of ${value.size}`
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}
