/* Scenes for tests. */
import type { Scene, Snake } from './scene.ts'

/** Makes a snake of three cells, changed as told. */
export function snakeWith(change: Partial<Snake> = {}): Snake {
  return {
    id: 1,
    name: 'Ann',
    bot: false,
    color: 0,
    life: 'alive',
    score: 0,
    cells: [3, 2, 1],
    turns: [],
    ...change,
  }
}

/** Makes a scene on the classic field with nobody in it, changed as told. */
export function sceneWith(change: Partial<Scene> = {}): Scene {
  const world = { width: 50, height: 25, torus: false }
  return { world, phase: 'playing', marks: new Map(), snakes: [], top: [], ...change }
}
