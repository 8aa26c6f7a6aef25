import { around, type Point, type World } from '../scene.ts'
import type { Frame } from './layout.ts'

// The part of the window, around its middle, in which the followed head moves without moving the view.
const still = 0.2

/**
 * Moves the view so that it shows `focus`. Views and results are device pixels: where in the world, drawn whole,
 * the top left corner of the frame is. Without a view from before, the focus comes to the middle.
 */
export function follow(before: Point | undefined, focus: Point, frame: Frame, world: World): Point {
  return {
    x: along(before?.x, focus.x, {
      view: frame.width,
      size: world.width * frame.cell,
      frame,
      torus: world.torus,
    }),
    y: along(before?.y, focus.y, {
      view: frame.height,
      size: world.height * frame.cell,
      frame,
      torus: world.torus,
    }),
  }
}

interface Axis {
  readonly view: number
  readonly size: number
  readonly frame: Frame
  readonly torus: boolean
}

function along(before: number | undefined, cell: number, { view, size, frame, torus }: Axis): number {
  const at = Math.round((cell + 0.5) * frame.cell)
  const half = Math.round(view / 2)
  const slack = before === undefined ? 0 : Math.round(view * still)
  let off = at - (before ?? at - half) - half
  // On a torus the way to go is the shorter one.
  if (torus) off = around(off + size / 2, size) - size / 2
  const moved = (before ?? at - half) + Math.sign(off) * Math.max(0, Math.abs(off) - slack)
  if (torus) return around(Math.round(moved), size)
  const most = size + frame.margin - view
  return most < -frame.margin ? Math.round((size - view) / 2) : Math.min(Math.max(moved, -frame.margin), most)
}

/**
 * Tells where along one axis a cell is drawn, in pixels from the edge of the frame; undefined where it is not seen.
 * A cell that is cut by the edge is seen.
 */
export function seenAt(
  cell: number,
  camera: number,
  axis: { cell: number; view: number; size: number; torus: boolean },
): number | undefined {
  let at = cell * axis.cell - camera
  if (axis.torus) at = around(at + axis.cell, axis.size * axis.cell) - axis.cell
  return at > -axis.cell && at < axis.view ? at : undefined
}
