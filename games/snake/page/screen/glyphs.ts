import type { Point } from '../scene.ts'

/** Glyphs drawn once for a size of cell, to be copied where they are needed. */
export interface Glyphs {
  readonly cell: number
  readonly sheet: HTMLCanvasElement
  readonly ink: CanvasRenderingContext2D
  readonly places: Map<string, number>
}

/** A character in a colour; `inverse` is black on a cell of that colour. */
export interface Glyph {
  readonly char: string
  readonly colour: string
  readonly inverse?: boolean
}

const font = 'ui-monospace, "DejaVu Sans Mono", "Cascadia Mono", Menlo, Consolas, monospace'
const perRow = 16
const rows = 16

/** Starts a sheet of glyphs for cells of that many device pixels. */
export function glyphs(cell: number): Glyphs {
  const sheet = document.createElement('canvas')
  sheet.width = perRow * cell
  sheet.height = rows * cell
  const ink = sheet.getContext('2d', { alpha: false })
  if (!ink) throw new Error('This browser cannot draw on a canvas.')
  ink.font = `bold ${Math.max(1, Math.round(cell * 1.18))}px ${font}`
  return { cell, sheet, ink, places: new Map() }
}

/** Draws a glyph with its top left corner at a point. */
export function stamp(onto: CanvasRenderingContext2D, from: Glyphs, glyph: Glyph, { x, y }: Point): void {
  const key = `${glyph.char}${glyph.colour}${glyph.inverse ? '!' : ''}`
  let place = from.places.get(key)
  if (place === undefined) {
    // 22 glyphs in 7 colours, twice, are fewer than the sheet holds; were it full, the last place would be drawn anew.
    place = Math.min(from.places.size, perRow * rows - 1)
    from.places.set(key, place)
    paint(from, glyph, place)
  }
  const { cell } = from
  onto.drawImage(
    from.sheet,
    (place % perRow) * cell,
    Math.floor(place / perRow) * cell,
    cell,
    cell,
    x,
    y,
    cell,
    cell,
  )
}

function paint({ ink, cell }: Glyphs, glyph: Glyph, place: number): void {
  ink.save()
  ink.translate((place % perRow) * cell, Math.floor(place / perRow) * cell)
  ink.beginPath()
  ink.rect(0, 0, cell, cell)
  ink.clip()
  // No glyph shines through another: snakes may lie over each other, and over what they are about to eat.
  ink.fillStyle = glyph.inverse ? glyph.colour : '#000000'
  ink.fillRect(0, 0, cell, cell)
  ink.fillStyle = glyph.inverse ? '#000000' : glyph.colour
  // Each glyph is centred by its own outline: '*' and '+' would else hang above and below the line of a snake.
  const box = ink.measureText(glyph.char)
  const wide = box.actualBoundingBoxLeft + box.actualBoundingBoxRight
  const high = box.actualBoundingBoxAscent + box.actualBoundingBoxDescent
  const shrink = Math.min(1, cell / Math.max(wide, high, 1))
  ink.translate(cell / 2, cell / 2)
  ink.scale(shrink, shrink)
  ink.fillText(
    glyph.char,
    (box.actualBoundingBoxLeft - box.actualBoundingBoxRight) / 2,
    (box.actualBoundingBoxAscent - box.actualBoundingBoxDescent) / 2,
  )
  ink.restore()
}
