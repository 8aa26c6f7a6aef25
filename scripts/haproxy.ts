import { debian } from './debian.ts'
import { find, installed, main, type Program } from './provide.ts'

/** Finds or provides an HAProxy for the tests, which start it themselves on a free port. */
export function haproxy(): Promise<Program> {
  return find({
    name: 'HAProxy',
    variable: 'HAPROXY',
    sources: [
      ...installed(['haproxy'], ['/opt/homebrew/bin/haproxy']),
      debian('haproxy', 'usr/sbin/haproxy'),
    ],
    packages: { apt: 'haproxy', brew: 'haproxy', dnf: 'haproxy' },
    version: '-v',
  })
}

if (import.meta.main) await main(haproxy)
