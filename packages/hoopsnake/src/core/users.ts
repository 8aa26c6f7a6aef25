/**
 * Gives the key by which a user is known, of what `auth` answered: a text, a number, or the `id` of an object.
 * Undefined: nobody can be told from anybody.
 */
export function userKey(user: unknown): string | undefined {
  const id = typeof user === 'object' && user !== null && 'id' in user ? user.id : user
  if (id === '') return undefined
  return typeof id === 'string' || typeof id === 'number' ? `user ${JSON.stringify(id)}` : undefined
}
