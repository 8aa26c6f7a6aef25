import type { Dial } from 'hoopsnake/client'
import { webSocket } from '../packages/hoopsnake/src/client/dial.ts'

/** Makes a way to dial that counts how often it is used. */
export function counting(): { readonly dial: Dial; readonly count: number } {
  let count = 0
  return {
    dial(address, ends) {
      count++
      return webSocket(address, ends)
    },
    get count() {
      return count
    },
  }
}
