import { debian } from './debian.ts'
import { find, installed, main, type Program } from './provide.ts'

/** Finds or provides faketime, whose library tells a process another time of day than it is, and another one later. */
export function faketime(): Promise<Program> {
  return find({
    name: 'faketime',
    variable: 'FAKETIME_PROGRAM',
    sources: [...installed(['faketime']), debian('faketime', 'usr/bin/faketime')],
    packages: { apt: 'faketime', brew: 'libfaketime', dnf: 'libfaketime' },
  })
}

/**
 * Gives the environment of a process whose time of day is led by a file: '+3600' in it says that an hour has jumped by.
 * What it is led by is read once a second; the monotonic clock stays as it is. Linux only.
 */
export async function ledBy(file: string): Promise<Record<string, string>> {
  if (process.platform !== 'linux') throw new Error('only on Linux can a library be put before the clock')
  const { env } = await faketime()
  return {
    ...env,
    // Installed, it is where the linker does not look.
    LD_PRELOAD: `${env['LD_LIBRARY_PATH'] ? '' : '/usr/$LIB/faketime/'}libfaketimeMT.so.1`,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  }
}

if (import.meta.main) await main(faketime)
