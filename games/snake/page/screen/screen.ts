import { placeOf, type Point, type Scene, type Size, type Snake } from '../scene.ts'
import { follow } from './camera.ts'
import { draw } from './draw.ts'
import { glyphs, type Glyphs } from './glyphs.ts'
import { crops, layout, type Frame } from './layout.ts'
import { drawMap } from './map.ts'

/** The field on the page. */
export interface Screen {
  /** Shows a scene as the one with seat `me` sees it. Draws only if something has changed. */
  show(scene: Scene, me: number): void
}

interface Elements {
  readonly stage: HTMLElement
  readonly field: HTMLCanvasElement
  readonly map: HTMLCanvasElement
}

// What the map may take, in CSS pixels.
const mapBox = { small: { width: 128, height: 84 }, large: { width: 200, height: 200 }, smallWindow: 1000 }

/** Makes a screen of its elements. */
export function createScreen({ stage, field, map }: Elements): Screen {
  const ink = inkOf(field)
  const mapInk = inkOf(map)
  let size: Size = { width: stage.clientWidth, height: stage.clientHeight }
  let shown: { scene: Scene; me: number; size: Size; ratio: number } | undefined
  let view: { frame: Frame; glyphs: Glyphs; camera: Point | undefined } | undefined
  let followed = 0
  new ResizeObserver(() => {
    size = { width: stage.clientWidth, height: stage.clientHeight }
  }).observe(stage)

  return {
    show(scene, me) {
      const ratio = devicePixelRatio
      if (shown?.scene === scene && shown.me === me && shown.size === size && shown.ratio === ratio) return
      shown = { scene, me, size, ratio }
      const leader = toFollow(scene, me, followed)
      followed = leader?.id ?? 0
      const frame = layout({ size, ratio }, scene.world, leader !== undefined)
      if (!view || !same(view.frame, frame)) {
        view = {
          frame,
          glyphs: view?.glyphs.cell === frame.cell ? view.glyphs : glyphs(frame.cell),
          camera: undefined,
        }
        fit(field, frame, ratio)
      }
      const middle = { x: scene.world.width / 2, y: scene.world.height / 2 }
      const camera = follow(
        view.camera,
        leader ? placeOf(scene.world, leader.cells[0]!) : middle,
        frame,
        scene.world,
      )
      view.camera = camera
      draw(ink, { scene, me, frame, camera, glyphs: view.glyphs })
      showMap(scene, me, { frame, camera }, ratio)
    },
  }

  function showMap(scene: Scene, me: number, seen: { frame: Frame; camera: Point }, ratio: number): void {
    const useful = crops(seen.frame, scene.world)
    document.body.toggleAttribute('data-map', useful)
    map.parentElement!.hidden = !useful
    if (!useful) return
    const box = innerWidth < mapBox.smallWindow ? mapBox.small : mapBox.large
    const { width, height } = scene.world
    const scale = Math.min(box.width / width, box.height / height) * ratio
    const wanted = { width: Math.round(width * scale), height: Math.round(height * scale) }
    if (map.width !== wanted.width || map.height !== wanted.height) fit(map, wanted, ratio)
    drawMap(mapInk, scene, me, seen)
  }
}

/** Chooses whom the view follows: oneself; on a torus also another, as long as that one lives. */
function toFollow(scene: Scene, me: number, before: number): Snake | undefined {
  const alive = scene.snakes.filter((snake) => snake.cells.length > 0)
  const own = alive.find((snake) => snake.id === me)
  if (own || !scene.world.torus) return own
  const best = () => alive.reduce<Snake | undefined>((a, b) => (a && a.score >= b.score ? a : b), undefined)
  return alive.find((snake) => snake.id === before) ?? best()
}

function same(a: Frame, b: Frame): boolean {
  return a.cell === b.cell && a.margin === b.margin && a.width === b.width && a.height === b.height
}

/** Gives a canvas as many pixels as it is to cover on the device. */
function fit(canvas: HTMLCanvasElement, size: Size, ratio: number): void {
  canvas.width = size.width
  canvas.height = size.height
  canvas.style.width = `${size.width / ratio}px`
  canvas.style.height = `${size.height / ratio}px`
}

function inkOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const ink = canvas.getContext('2d', { alpha: false })
  if (!ink) throw new Error('This browser cannot draw on a canvas.')
  return ink
}
