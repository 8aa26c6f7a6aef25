/** Hashes a text to 32 bits: FNV-1a over its UTF-8 (isthe.com/chongo/tech/comp/fnv). */
export function hash(text: string): number {
  let h = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193)
  return h >>> 0
}
