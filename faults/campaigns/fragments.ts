import { atMost, type Campaign, exactly } from '../campaign.ts'
import { startSnake } from '../snake.ts'
import { dialWire, frame, opcodes } from '../websocket.ts'

/** A message that never ends, in pieces of so many bytes. */
const pieces = [0, 1, 100] as const

export const campaign: Campaign = {
  about: 'messages in fragments that never end, from --count clients at once',
  usual: { count: 100, seconds: 0 },
  async run({ count, progress }) {
    await using server = await startSnake(['--bots', '0'])
    const before = server.memory()
    const ends = new Map<number | string, number>()
    let sent = 0
    for (const piece of pieces) {
      progress(`${count} clients send fragments of ${piece} bytes`)
      await Promise.all(
        Array.from({ length: count }, async () => {
          const wire = await dialWire(server.port, '/r/snake')
          const more = frame(opcodes.CONTINUATION, new Uint8Array(piece), { fin: false })
          wire.socket.write(frame(opcodes.BINARY, new Uint8Array(piece), { fin: false }))
          const sending = setInterval(() => {
            for (let i = 0; i < 10; i++, sent++) wire.socket.write(more)
          }, 1)
          const end = await wire.ended
          clearInterval(sending)
          wire.socket.destroy()
          ends.set(end, (ends.get(end) ?? 0) + 1)
        }),
      )
    }
    const { connections } = await server.health()
    return [
      exactly('closed with 1008', ends.get(1008) ?? 0, count * pieces.length),
      atMost('fragments of one client', sent / count / pieces.length, 200),
      exactly('connections left', connections, 0),
      atMost('memory more, of the server', (server.memory() - before) / 2 ** 20, 64, 'MiB'),
    ]
  },
}
