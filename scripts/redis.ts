import { debian } from './debian.ts'
import { find, installed, main, type Program } from './provide.ts'

/** Finds or provides a Redis server for the tests, which start it themselves on a free port. */
export function redis(): Promise<Program> {
  return find({
    name: 'a Redis server',
    variable: 'REDIS_SERVER',
    sources: [
      ...installed(['redis-server', 'valkey-server'], ['/opt/homebrew/bin/redis-server']),
      debian('redis-server', 'usr/bin/redis-server'),
    ],
    packages: { apt: 'redis-server', brew: 'redis', dnf: 'redis' },
  })
}

if (import.meta.main) await main(redis)
