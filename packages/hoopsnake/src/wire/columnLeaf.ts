/*
 * The code for one leaf of a struct. The pass over the rows does as little as it can; what is seldom, or needs more
 * space, is done behind it, column by column, for the rows that the pass has noted.
 *
 * In the code `a` and `b` with the number of its struct are that as it was and as it is, `i` is the row; names with the
 * number of the leaf are its own. Arrays have a constant length: then a write to them is hardly more than that.
 */
import { columnOf } from './column.ts'
import type { Leaf } from './columnPlan.ts'
import { differ } from './evaluate.ts'

/** The parts of the code that a leaf has to do with. */
export interface LeafCode {
  /** What it works with, and its functions. */
  readonly tools: string
  /** In the pass over the rows, at each of them: counts in `n` how many it notes in `at`. */
  readonly pass: string
  /** In front of that pass, and behind it. */
  readonly before?: string
  readonly after?: string
  /** Behind it, of `rows` rows: writes the column, or nothing if nothing changed. */
  readonly write: string
  /** If the pass can throw here: throws what is wrong with `row`, in words. */
  readonly explain?: string
}

/** Gives the code for leaf `n`. */
export function codeOfLeaf(leaf: Leaf, n: number): LeafCode {
  const { ordinal } = leaf.type
  if (columnOf(leaf.type).feed !== undefined) return fedCode(leaf, n)
  if (ordinal === undefined || ordinal.count <= 16) return pairedCode(leaf, n)
  return ordinal.from === 0 && ordinal.count <= 2 ** 16 ? shortCode(leaf, n) : longCode(leaf, n)
}

/** How things in the code for a leaf are called. */
function namesOf({ path, level }: Leaf): Record<'name' | 'a' | 'b' | 'struct' | 'missing', string> {
  const name = JSON.stringify(path.at(-1))
  return {
    name,
    a: `a${level}[${name}]`,
    b: `b${level}[${name}]`,
    /** Behind a row: the struct that the leaf stands in. */
    struct: inCode(path.slice(0, -1)),
    /** Throws unless `b` has the leaf, which may be undefined only if the type says so. */
    missing: `if (b[${name}] === undefined) shape${level}(b)`,
  }
}

/** Gives the code that goes down a path. */
export function inCode(path: readonly string[]): string {
  return path.map((name) => `[${JSON.stringify(name)}]`).join('')
}

/** What all leaves have. */
function ownCode(n: number): string {
  return `const { type: type${n}, path: path${n} } = leaves[${n}], at${n} = new Int32Array(capacity)
    let count${n} = 0`
}

/** What ordinals have, which change by steps: `round` throws at what is no such value, and puts the rest right. */
function roundCode(leaf: Leaf, n: number): string {
  const { name, missing } = namesOf(leaf)
  return `const by${n} = new Int32Array(capacity), ordinal${n} = type${n}.ordinal
    function round${n}(b) {
      ${missing}
      try {
        const y = ordinal${n}.at(ordinal${n}.indexOf(b[${name}]))
        // Not written to without need: it may be frozen.
        if (!Object.is(y, b[${name}])) b[${name}] = y
        return y
      } catch (error) { throw inPath(error, path${n}) }
    }`
}

/**
 * Integers of at most 16 bits, such as places. Which of them move can mostly not be predicted, and a branch that goes
 * wrong costs more than the comparison; so there is none: each writes its step, and counts it if it is not 0. But of
 * those of which few moved the last time, such as scores, most are left after one look.
 */
function shortCode(leaf: Leaf, n: number): LeafCode {
  const { count } = leaf.type.ordinal!
  const mask = 2 ** Math.ceil(Math.log2(count)) - 1
  const { a, b, struct, name } = namesOf(leaf)
  return {
    tools: `${ownCode(n)}
      let quiet${n} = false
      ${roundCode(leaf, n)}
      function write${n}(w, is, rows) {
        const steps = { at: at${n}, by: by${n}, count: count${n} }
        writeSteps(w, type${n}, steps, rows, (i) => is[at${n}[i]]${struct}[${name}])
      }`,
    // In 32 bits as soon as may be: y may be a double, and who computes with one computes with nothing else.
    pass: `{ const y = ${b}
      if (!q${n} || y !== ${a} || y === 0 && Object.is(y, -0)) {
        let now = y & ${mask}
        if (now !== y || now >= ${count} || now === 0 && Object.is(y, -0)) now = round${n}(b${leaf.level}) | 0
        const by = now - (${a} | 0) | 0
        at${n}[n${n}] = i
        by${n}[n${n}] = by
        n${n} = n${n} + ((by | -by) >>> 31) | 0
        ${a} = now
      } }`,
    before: `const q${n} = quiet${n}`,
    after: `quiet${n} = n${n} << 3 < rows`,
    write: `if (count${n} > 0) write${n}(w, is, rows)`,
    // With a BigInt or a symbol one cannot even compute.
    explain: `round${n}(row${struct})`,
  }
}

/** Other ordinals. A step that is too long for one is all the same: more than a thousand, say. */
function longCode(leaf: Leaf, n: number): LeafCode {
  const { a, b, struct, name } = namesOf(leaf)
  return {
    tools: `${ownCode(n)}
      ${roundCode(leaf, n)}
      function write${n}(w, was, is, rows) {
        let i = 0, changed = 0
        try {
          for (; i < count${n}; i++) {
            const row = at${n}[i], a = was[row]${struct}, b = is[row]${struct}, x = a[${name}]
            ${stepCode(leaf, n)}
            if (x === y) continue
            a[${name}] = y
            at${n}[changed] = row
            by${n}[changed++] = Math.max(-1000, Math.min(by, 1000))
          }
        } catch (error) { throw inRow(error, at${n}[i]) }
        const steps = { at: at${n}, by: by${n}, count: changed }
        if (changed > 0) writeSteps(w, type${n}, steps, rows, (i) => is[at${n}[i]]${struct}[${name}])
      }`,
    pass: `{ const y = ${b}
      if (${a} !== y || y === 0 && Object.is(y, -0)) { at${n}[n${n}] = i; n${n} = n${n} + 1 | 0 } }`,
    write: `if (count${n} > 0) write${n}(w, was, is, rows)`,
  }
}

/** Gives code that rounds what an ordinal is now, `y`, and says by how many places it changed. */
function stepCode(leaf: Leaf, n: number): string {
  const { from, count } = leaf.type.ordinal!
  const { name } = namesOf(leaf)
  if (from === undefined)
    return `const y = round${n}(b), by = ordinal${n}.indexOf(y) - ordinal${n}.indexOf(x)`
  return `let y = b[${name}]
    if (!Number.isInteger(y) || y < ${from} || y > ${from + count - 1} || y === 0) y = round${n}(b)
    const by = y - x`
}

/** Trails: most shadows go along in one step. Rows with others are noted, and looked into behind the pass. */
function fedCode(leaf: Leaf, n: number): LeafCode {
  const { a, b, struct, name, missing } = namesOf(leaf)
  return {
    tools: `${ownCode(n)}
      const steps${n} = new Int32Array(capacity), feed${n} = columnOf(type${n}).feed
      function write${n}(w, was, is, rows) {
        let i = 0, others = 0
        try {
          for (; i < count${n}; i++) {
            const row = at${n}[i], step = feed${n}.turn(w, was[row]${struct}[${name}], is[row]${struct}[${name}])
            steps${n}[row] = step
            if (step < 0) at${n}[others++] = row
          }
        } catch (error) { throw inRow(inPath(error, path${n}), at${n}[i]) }
        if (others === 0) feed${n}.all(w, steps${n}, rows)
        else writeOthers${n}(w, was, is, { rows, others })
      }
      function writeOthers${n}(w, was, is, { rows, others }) {
        feed${n}.begin()
        let next = 0
        for (let i = 0; i < others; i++) {
          const row = at${n}[i], b = is[row]${struct}
          feed${n}.stepped(steps${n}, next, row)
          try { feed${n}.row(w, row, was[row]${struct}[${name}], b[${name}]) }
          catch (error) { ${missing}; throw inRow(inPath(error, path${n}), row) }
          next = row + 1
        }
        feed${n}.stepped(steps${n}, next, rows)
        feed${n}.end(w, rows)
      }`,
    pass: `{ const step = feed${n}.step(${a}, ${b})
      steps${n}[i] = step
      at${n}[n${n}] = i
      n${n} = n${n} + (step >>> 31) | 0 }`,
    write: `write${n}(w, was, is, rows)`,
  }
}

/** All others: those that may have changed are gathered in pairs. */
function pairedCode(leaf: Leaf, n: number): LeafCode {
  const { type } = leaf
  const { a, b, struct, name, missing } = namesOf(leaf)
  const comparable = columnOf(type).same !== undefined
  const changed = type.atom ? differ(type, 'x', 'y') : comparable ? `!same${n}(x, y)` : 'true'
  return {
    tools: `${ownCode(n)}
      const column${n} = columnOf(type${n}), pairs${n} = new Pairs(), same${n} = column${n}.same
      function write${n}(w, was, is, rows) {
        pairs${n}.count = 0
        for (let i = 0; i < count${n}; i++) {
          const row = at${n}[i], b = is[row]${struct}
          try { ${missing} } catch (error) { throw inRow(error, row) }
          pairs${n}.push(row, was[row]${struct}[${name}], b[${name}])
        }
        try { column${n}.diff(w, pairs${n}, rows) } catch (error) { throw inPath(error, path${n}) }
        const { at, was: then, is: now } = pairs${n}
        for (let i = 0; i < pairs${n}.count; i++) {
          const a = was[at[i]]${struct}, b = is[at[i]]${struct}
          if (a[${name}] !== then[i]) a[${name}] = then[i]
          ${type.atom ? `if (!Object.is(b[${name}], now[i])) b[${name}] = now[i]` : ''}
        }
        ${type.atom ? '' : `pairs${n}.clear()`}
      }`,
    pass: `{ const x = ${a}, y = ${b}
      if (${changed}) { at${n}[n${n}] = i; n${n} = n${n} + 1 | 0 } }`,
    write: `if (count${n} > 0) write${n}(w, was, is, rows)`,
  }
}
