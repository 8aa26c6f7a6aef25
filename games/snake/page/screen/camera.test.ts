import { expect, test } from 'vitest'
import { follow, seenAt } from './camera.ts'
import type { Frame } from './layout.ts'

const open = { width: 128, height: 128, torus: true }
const pit = { width: 50, height: 25, torus: false }
const frame: Frame = { cell: 10, margin: 0, width: 400, height: 300 }
const walled: Frame = { cell: 10, margin: 5, width: 200, height: 260 }

test('without a view from before, the focus is in the middle', () => {
  expect(follow(undefined, { x: 64, y: 64 }, frame, open)).toEqual({ x: 645 - 200, y: 645 - 150 })
})

test('near the middle, the focus moves and the view stands', () => {
  const before = follow(undefined, { x: 64, y: 64 }, frame, open)
  expect(follow(before, { x: 68, y: 62 }, frame, open)).toEqual(before)
})

test('beyond that, the view moves as far as the focus does', () => {
  let view = follow(undefined, { x: 64, y: 64 }, frame, open)
  view = follow(view, { x: 74, y: 64 }, frame, open)
  expect(follow(view, { x: 75, y: 64 }, frame, open)).toEqual({ x: view.x + frame.cell, y: view.y })
})

test('over the edge of a torus the view goes on, the shorter way', () => {
  let view = follow(undefined, { x: 120, y: 64 }, frame, open)
  for (let x = 121; x < 140; x++) {
    const next = follow(view, { x: x % 128, y: 64 }, frame, open)
    const moved = (next.x - view.x + 1280) % 1280
    expect(moved).toBeLessThanOrEqual(frame.cell)
    expect(seenAt(x % 128, next.x, { cell: 10, view: 400, size: 128, torus: true })).toBeGreaterThan(0)
    view = next
  }
  for (let x = 139; x > 90; x--) view = follow(view, { x: x % 128, y: 64 }, frame, open)
  expect(seenAt(91, view.x, { cell: 10, view: 400, size: 128, torus: true })).toBeGreaterThan(0)
})

test('a field with walls is never left: the view ends at its margin', () => {
  expect(follow(undefined, { x: 0, y: 12 }, walled, pit).x).toBe(-5)
  expect(follow(undefined, { x: 49, y: 12 }, walled, pit).x).toBe(500 + 5 - 200)
})

test('an axis that fits is shown whole, whatever is followed', () => {
  for (const y of [0, 12, 24]) expect(follow(undefined, { x: 25, y }, walled, pit).y).toBe(-5)
})

test('a cell that the edge cuts is seen on that side, one beyond it is not', () => {
  const axis = { cell: 10, view: 400, size: 128, torus: true }
  expect(seenAt(0, 1275, axis)).toBe(5)
  expect(seenAt(127, 1275, axis)).toBe(-5)
  expect(seenAt(39, 1275, axis)).toBe(395)
  expect(seenAt(40, 1275, axis)).toBeUndefined()
  expect(seenAt(126, 1275, axis)).toBeUndefined()
})

test('every cell of a world is seen at most once, at every view', () => {
  const axis = { cell: 10, view: 1270, size: 128, torus: true }
  for (const camera of [0, 3, 640, 1279]) {
    const seen = Array.from({ length: 128 }, (_, cell) => seenAt(cell, camera, axis)).filter(
      (at) => at !== undefined,
    )
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBeGreaterThanOrEqual(127)
  }
})
