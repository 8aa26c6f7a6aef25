import type { Size, World } from '../scene.ts'

/** How the field is laid out on the canvas, in device pixels. */
export interface Frame extends Size {
  /** Side of a cell. */
  readonly cell: number
  /** Room for the wall around a field that has one. */
  readonly margin: number
}

/** Where the field is to be shown. */
export interface Stage {
  /** In CSS pixels. */
  readonly size: Size
  /** Device pixels per CSS pixel. */
  readonly ratio: number
}

// In CSS pixels. Below `legible` a digit cannot be told from another at arm's length: then the view comes closer
// and follows the snake. `near` is the cell of such a view; small stages get a smaller one to see farther.
const legible = 11
const near = { small: 14, large: 20, smallStage: 640 }
const wall = 7

/** Lays the field out: whole if that is legible or there is nothing to follow, otherwise as a window onto it. */
export function layout(stage: Stage, world: World, follows: boolean): Frame {
  const { ratio } = stage
  const width = Math.floor(stage.size.width * ratio)
  const height = Math.floor(stage.size.height * ratio)
  const margin = world.torus ? 0 : Math.round(wall * ratio)
  const fitting = (size: Size) =>
    Math.floor(Math.min((width - 2 * margin) / size.width, (height - 2 * margin) / size.height))
  const whole = Math.max(1, fitting(world))
  const windowed = world.torus || (follows && whole < legible * ratio)
  const cell = windowed ? Math.max(whole, closeUp(stage)) : whole
  // On a torus one cell is left out, so that no cell is due on both sides of the window.
  const most = (cells: number) => (world.torus ? (cells - 1) * cell : cells * cell + 2 * margin)
  return {
    cell,
    margin,
    width: Math.min(width, most(world.width)),
    height: Math.min(height, most(world.height)),
  }
}

function closeUp({ size, ratio }: Stage): number {
  return Math.round((Math.min(size.width, size.height) < near.smallStage ? near.small : near.large) * ratio)
}

/** Tells whether a part of the world is outside the frame, so that a map is of use. */
export function crops(frame: Frame, world: World): boolean {
  return frame.width < world.width * frame.cell || frame.height < world.height * frame.cell
}
