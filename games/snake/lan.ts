import { networkInterfaces } from 'node:os'
import { renderUnicodeCompact } from 'uqr'

/** Names of networks that exist within this machine only: containers, bridges, tunnels of virtual machines. */
const within = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|podman|cni)/

/**
 * Gives the addresses under which other machines of the local network find this one: IPv4, as a person types it. Those
 * of home networks come first.
 */
export function lanAddresses(
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string[] {
  const addresses = Object.entries(interfaces)
    .filter(([name]) => !within.test(name))
    .flatMap(([, all = []]) => all)
    .filter(
      ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
    )
    .map(({ address }) => address)
  const isHome = (address: string): boolean => address.startsWith('192.168.')
  return [...addresses.filter(isHome), ...addresses.filter((address) => !isHome(address))]
}

/** Draws a text as a QR code for a terminal, whatever its colours: white on black, two rows to a line. */
export function qrCode(text: string): string {
  const lines = renderUnicodeCompact(text, { border: 1 }).split('\n')
  return lines.map((line) => `\x1b[97;40m${line}\x1b[0m`).join('\n')
}
