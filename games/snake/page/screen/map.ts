import { placeOf, type Point, type Scene } from '../scene.ts'
import { colours, white } from './colours.ts'
import type { Frame } from './layout.ts'

/** Draws the whole world small: a dot for each cell of a snake, and a box around what the frame shows. */
export function drawMap(
  ink: CanvasRenderingContext2D,
  scene: Scene,
  me: number,
  view: { frame: Frame; camera: Point },
): void {
  const { world } = scene
  const { width, height } = ink.canvas
  const unit = width / world.width
  ink.fillStyle = '#000000'
  ink.fillRect(0, 0, width, height)
  drawView(ink, scene, view, unit)
  const dot = Math.max(1, Math.ceil(unit))
  for (const snake of scene.snakes) {
    ink.fillStyle = colours[snake.color] ?? white
    for (const cell of snake.cells) {
      const { x, y } = placeOf(world, cell)
      ink.fillRect(Math.floor(x * unit), Math.floor(y * unit), dot, dot)
    }
  }
  const head = scene.snakes.find((snake) => snake.id === me)?.cells[0]
  if (head === undefined) return
  const { x, y } = placeOf(world, head)
  ink.fillStyle = white
  ink.fillRect(Math.floor(x * unit) - dot, Math.floor(y * unit) - dot, 3 * dot, 3 * dot)
}

function drawView(
  ink: CanvasRenderingContext2D,
  { world }: Scene,
  { frame, camera }: { frame: Frame; camera: Point },
  unit: number,
): void {
  const scale = unit / frame.cell
  const { width, height } = ink.canvas
  ink.fillStyle = '#262626'
  // A window over the edge of a torus is seen again on the other side.
  for (const x of world.torus ? [0, -width] : [0]) {
    for (const y of world.torus ? [0, -height] : [0]) {
      ink.fillRect(camera.x * scale + x, camera.y * scale + y, frame.width * scale, frame.height * scale)
    }
  }
}
