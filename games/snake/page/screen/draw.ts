import { placeOf, steps, type Point, type Scene, type Snake, type World } from '../scene.ts'
import { seenAt } from './camera.ts'
import { colours, pale, white } from './colours.ts'
import { stamp, type Glyph, type Glyphs } from './glyphs.ts'
import type { Frame } from './layout.ts'

/** Everything a picture is made from. */
export interface Picture {
  readonly scene: Scene
  /** The snake of the one who looks; 0 for a watcher. */
  readonly me: number
  readonly frame: Frame
  readonly camera: Point
  readonly glyphs: Glyphs
}

type Ink = CanvasRenderingContext2D

/** Draws what the frame shows of the scene; later things lie over earlier ones. */
export function draw(ink: Ink, picture: Picture): void {
  const { scene, me, frame } = picture
  ink.fillStyle = '#000000'
  ink.fillRect(0, 0, frame.width, frame.height)
  drawGround(ink, picture)
  for (const [cell, char] of scene.marks) put(ink, picture, cell, { char, colour: colourOf(char) })
  for (const snake of scene.snakes) if (snake.id !== me) drawSnake(ink, picture, snake)
  const own = scene.snakes.find((snake) => snake.id === me)
  if (own) {
    drawSnake(ink, picture, own)
    drawTurn(ink, picture, own)
  }
}

// The same digit has the same colour everywhere, so that one learns what a colour is worth.
function colourOf(mark: string): string {
  const digit = Number(mark)
  return Number.isNaN(digit) ? pale : (colours[digit % colours.length] ?? white)
}

function drawSnake(ink: Ink, picture: Picture, { id, color, cells }: Snake): void {
  const colour = colours[color] ?? white
  const last = cells.length - 1
  for (let at = last; at > 0; at--) put(ink, picture, cells[at]!, { char: at === last ? '*' : '@', colour })
  if (last >= 0) put(ink, picture, cells[0]!, { char: '%', colour, inverse: id === picture.me })
}

/** Shows where the next turn will lead before the snake has moved: at two ticks a second one would doubt the key. */
function drawTurn(ink: Ink, picture: Picture, snake: Snake): void {
  const [turn] = snake.turns
  const [head] = snake.cells
  const at = head === undefined ? undefined : cornerOf(picture, head)
  if (!turn || !at) return
  const { cell } = picture.frame
  const step = steps[turn]
  ink.save()
  ink.translate(at.x + cell / 2 + step.x * cell * 0.66, at.y + cell / 2 + step.y * cell * 0.66)
  ink.rotate(Math.atan2(step.y, step.x))
  ink.fillStyle = colours[snake.color] ?? white
  ink.beginPath()
  ink.moveTo(0, -cell * 0.34)
  ink.lineTo(cell * 0.38, 0)
  ink.lineTo(0, cell * 0.34)
  ink.fill()
  ink.restore()
}

function put(ink: Ink, picture: Picture, cell: number, glyph: Glyph): void {
  const at = cornerOf(picture, cell)
  if (at) stamp(ink, picture.glyphs, glyph, at)
}

function cornerOf({ scene: { world }, frame, camera }: Picture, cell: number): Point | undefined {
  const place = placeOf(world, cell)
  const x = seenAt(place.x, camera.x, {
    cell: frame.cell,
    view: frame.width,
    size: world.width,
    torus: world.torus,
  })
  const y = seenAt(place.y, camera.y, {
    cell: frame.cell,
    view: frame.height,
    size: world.height,
    torus: world.torus,
  })
  return x === undefined || y === undefined ? undefined : { x, y }
}

/** A faint dot in each cell, to measure ways by; and the wall. */
function drawGround(ink: Ink, { scene: { world }, frame, camera }: Picture): void {
  const { cell } = frame
  const dot = Math.max(1, Math.round(cell / 14))
  ink.fillStyle = '#333333'
  const [left, top, right, bottom] = world.torus
    ? [0, 0, frame.width, frame.height]
    : [-camera.x, -camera.y, world.width * cell - camera.x, world.height * cell - camera.y]
  const from = (edge: number, moved: number) =>
    Math.max(edge, 0) - ((Math.max(edge, 0) + moved) % cell) + Math.floor((cell - dot) / 2)
  for (let y = from(top, camera.y); y < Math.min(bottom, frame.height); y += cell) {
    for (let x = from(left, camera.x); x < Math.min(right, frame.width); x += cell)
      ink.fillRect(x, y, dot, dot)
  }
  if (!world.torus) drawWall(ink, world, frame, { x: left, y: top })
}

function drawWall(ink: Ink, world: World, { cell, margin }: Frame, corner: Point): void {
  const line = Math.max(1, Math.round(margin / 3.5))
  ink.strokeStyle = white
  ink.lineWidth = line
  ink.strokeRect(
    corner.x - line,
    corner.y - line,
    world.width * cell + 2 * line,
    world.height * cell + 2 * line,
  )
}
