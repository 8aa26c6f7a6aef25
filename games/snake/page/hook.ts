import type { Life } from './panels/words.ts'
import type { Scene } from './scene.ts'

/**
 * What the page tells programs that look at it, tests above all, as `window.snake`. It can be read, not steered:
 * whoever plays uses the keys.
 *
 * The body carries the same in short: `data-status` (connecting, live, away, closed), `data-life` (none, due, alive,
 * dead), `data-phase` (waiting, playing, over).
 */
export interface Hook {
  readonly status: string
  readonly room: string
  /** The reader's seat; 0 for a watcher. */
  readonly seat: number
  readonly life: Life
  /** The newest tick that came. */
  readonly tick: number
  /** What is drawn, the reader's own snake as it is predicted. */
  readonly scene: Scene | undefined
}

declare global {
  interface Window {
    snake?: Hook
  }
}

/** Puts the hook into the page. */
export function publish(hook: Hook): void {
  window.snake = hook
}
