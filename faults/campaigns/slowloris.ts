import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { atMost, type Campaign, exactly } from '../campaign.ts'
import { startSnake } from '../snake.ts'
import { dialWire, upgradeRequest } from '../websocket.ts'

export const campaign: Campaign = {
  about: 'half a request, a byte a second, from --count clients; half a HELLO from as many',
  usual: { count: 500, seconds: 0 },
  async run({ count, progress }) {
    await using server = await startSnake(['--bots', '0'])
    progress(`${count} clients send half a request, and ${count} no HELLO`)
    const times: number[] = []
    const clients = Array.from({ length: count }, async (_, at) => {
      const began = performance.now()
      const how = at % 2 === 0 ? await drip(server.port) : await halfRequest(server.port)
      times.push(performance.now() - began)
      return how
    })
    const mute = Array.from({ length: count }, async () => {
      const began = performance.now()
      const { ended, socket } = await dialWire(server.port, '/r/snake')
      const how = await ended
      times.push(performance.now() - began)
      socket.destroy()
      return how
    })
    const began = performance.now()
    const { ok } = await server.health()
    const answered = performance.now() - began
    const [requests, hellos] = await Promise.all([Promise.all(clients), Promise.all(mute)])
    const { connections } = await server.health()
    return [
      exactly(
        'half requests answered 408',
        requests.filter((how) => how.startsWith('HTTP/1.1 408')).length,
        count,
      ),
      exactly('without HELLO closed with 4001', hellos.filter((how) => how === 4001).length, count),
      atMost('the longest was there', Math.max(...times) / 1000, 8, 's'),
      exactly('healthy meanwhile', String(ok), 'true'),
      atMost('health answered after', answered, 1000, 'ms'),
      exactly('connections left', connections, 0),
    ]
  },
}

/** Sends the head of a request a byte a second. Gives what is answered. */
async function drip(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const answer = untilClosed(socket)
  const request = upgradeRequest('/r/snake')
  let at = 0
  const dripping = setInterval(() => socket.write(request[at++] ?? 'x'), 1000)
  try {
    return await answer
  } finally {
    clearInterval(dripping)
  }
}

/** Sends half of the head, then nothing. */
async function halfRequest(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(upgradeRequest('/r/snake').slice(0, 60))
  return untilClosed(socket)
}

/** Gives all that is answered. Who writes on after that may find the connection reset. */
function untilClosed(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let heard = ''
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString()))
  socket.on('error', () => {})
  socket.on('close', () => resolve(heard))
  return promise
}
