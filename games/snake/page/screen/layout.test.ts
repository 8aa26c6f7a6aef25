import { expect, test } from 'vitest'
import { crops, layout } from './layout.ts'

const pit = { width: 50, height: 25, torus: false }
const open = { width: 128, height: 128, torus: true }

test('a desktop shows the whole field, as large as whole pixels allow', () => {
  const frame = layout({ size: { width: 1000, height: 740 }, ratio: 1 }, pit, true)
  expect(frame).toEqual({ cell: 19, margin: 7, width: 50 * 19 + 14, height: 25 * 19 + 14 })
  expect(crops(frame, pit)).toBe(false)
})

test('twice the pixels make cells of twice the pixels, not more of them', () => {
  const once = layout({ size: { width: 1000, height: 740 }, ratio: 1 }, pit, false)
  const twice = layout({ size: { width: 1000, height: 740 }, ratio: 2 }, pit, false)
  expect(twice.cell).toBeGreaterThanOrEqual(2 * once.cell)
  expect(twice.width).toBeLessThanOrEqual(2000)
})

test('a phone shows the whole field to a watcher and comes closer to a player', () => {
  const stage = { size: { width: 370, height: 400 }, ratio: 3 }
  const whole = layout(stage, pit, false)
  const near = layout(stage, pit, true)
  expect(crops(whole, pit)).toBe(false)
  expect(near.cell).toBe(14 * 3)
  expect(crops(near, pit)).toBe(true)
  expect([near.width, near.height]).toEqual([370 * 3, 25 * 14 * 3 + 2 * near.margin])
})

test('the open world is always a window, never wider than the world less a cell', () => {
  const phone = layout({ size: { width: 370, height: 400 }, ratio: 1 }, open, true)
  expect([phone.cell, phone.width, phone.height, phone.margin]).toEqual([14, 370, 400, 0])
  const wall = layout({ size: { width: 5000, height: 1400 }, ratio: 1 }, open, false)
  expect(wall.width).toBe(127 * wall.cell)
})

test('a stage without any room still gives a frame', () => {
  expect(layout({ size: { width: 0, height: 0 }, ratio: 1 }, pit, true).cell).toBeGreaterThanOrEqual(1)
})
