// Line breaks, tabs and every kind of blank.
const blanks = /[\t-\r\p{Z}]+/gu
// Control and direction characters, halves of a pair, unassigned ones, and all that is drawn as nothing.
const unseen = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu
// Marks that sit on no letter, and marks beyond the second on one: scripts need two, towers of them cover the neighbours.
const loose = /^\p{M}+|(?<= )\p{M}+|(?<=\p{M}{2})\p{M}+/gu

/**
 * Makes of what a player typed a name that is fit to be shown, or '' where nothing visible is left.
 *
 * Composed (NFC), one line, single blanks, nothing invisible, no half characters, at most two marks on a letter, at
 * most `max` UTF-16 units. A name cleaned twice is the name cleaned once. It is still text, not HTML: a page shows it
 * as text. Letters that look alike are left as they are: a name does not say who somebody is.
 */
export function cleanName(typed: string, max: number): string {
  const seen = typed.replace(blanks, ' ').replace(unseen, '').normalize('NFC').replace(loose, '')
  return cut(seen.replace(blanks, ' ').trim(), max).trim()
}

/** Cuts off what is too long, never through the middle of a character. */
function cut(name: string, most: number): string {
  let kept = ''
  for (const character of name) {
    if (kept.length + character.length > most) break
    kept += character
  }
  return kept
}
