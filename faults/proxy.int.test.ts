import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type Proxy, startProxy } from './proxy.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

/** A client and a server with a proxy between them. */
async function joined(): Promise<{ proxy: Proxy; client: Socket; server: Socket }> {
  const listening = createServer().listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const proxy = await startProxy((listening.address() as AddressInfo).port, () => 0.5)
  const client = connect(proxy.port, '127.0.0.1')
  const [server] = (await once(listening, 'connection')) as [Socket]
  for (const socket of [client, server]) socket.on('error', () => {})
  stops.push(
    () => listening.close(),
    () => proxy.stop(),
    () => client.destroy(),
    () => server.destroy(),
  )
  return { proxy, client, server }
}

/** Gives the next `length` bytes as text, and how many ms they took. */
async function heard(socket: Socket, length: number): Promise<{ text: string; ms: number }> {
  const began = performance.now()
  const text = await new Promise<string>((resolve) => {
    let all = ''
    const take = (bytes: Buffer): void => {
      all += bytes.toString()
      if (all.length < length) return
      socket.off('data', take)
      resolve(all)
    }
    socket.on('data', take)
  })
  return { text, ms: performance.now() - began }
}

test('bytes come whole and in order, both ways, however large', async () => {
  const { client, server } = await joined()
  const large = Array.from({ length: 100_000 }, (_, i) => `${i},`).join('')
  client.write(large)
  server.write('down')
  expect((await heard(client, 4)).text).toBe('down')
  expect((await heard(server, large.length)).text).toBe(large)
})

test('delay, jitter and bandwidth take their time, and nothing overtakes', async () => {
  const { proxy, client, server } = await joined()
  proxy.weather({ delay: 40, jitter: 20 }, 'up')
  client.write('late')
  expect((await heard(server, 4)).ms).toBeGreaterThan(45)
  server.write('soon')
  expect((await heard(client, 4)).text).toBe('soon')
  proxy.weather({ bandwidth: 10_000 })
  client.write('x'.repeat(1000))
  expect((await heard(server, 1000)).ms).toBeGreaterThan(90)
  proxy.weather({ bandwidth: 1 })
  client.write('once')
  await new Promise((resolve) => setTimeout(resolve, 20))
  // What is on its way fares as everything does now.
  proxy.weather({})
  client.write('more')
  expect(await heard(server, 8)).toMatchObject({ text: 'oncemore' })
})

test('a connection that is swallowed notices nothing; what was sent comes late, once it is healed', async () => {
  const { proxy, client, server } = await joined()
  proxy.swallow()
  const seen: string[] = []
  server.on('data', (bytes: Buffer) => seen.push(bytes.toString()))
  client.write('one')
  client.write('two')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([seen.join(''), client.destroyed, server.destroyed]).toEqual(['', false, false])
  proxy.heal()
  await expect.poll(() => seen.join('')).toBe('onetwo')
})

test('one way alone may be swallowed; an end that breaks off meanwhile is told to the other afterwards', async () => {
  const { proxy, client, server } = await joined()
  proxy.swallow('up')
  server.write('down')
  expect((await heard(client, 4)).text).toBe('down')
  const ended = new Promise((resolve) => server.once('close', resolve))
  client.resetAndDestroy()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(server.destroyed).toBe(false)
  proxy.heal()
  await ended
})

test('a cut by RST is an error at both ends, one by FIN an end', async () => {
  const reset = await joined()
  const errors = Promise.all([once(reset.client, 'error'), once(reset.server, 'error')])
  reset.proxy.cut('RST')
  expect((await errors).map(([error]) => (error as NodeJS.ErrnoException).code)).toEqual([
    'ECONNRESET',
    'ECONNRESET',
  ])
  const ended = await joined()
  const ends = Promise.all([once(ended.client.resume(), 'end'), once(ended.server.resume(), 'end')])
  ended.proxy.cut('FIN')
  await ends
  await expect.poll(() => ended.proxy.open).toBe(0)
})

test('whoever sends faster than the way carries is made to wait', async () => {
  const { proxy, client } = await joined()
  proxy.swallow('up')
  client.write(Buffer.alloc(64 * 1024 * 1024))
  await new Promise((resolve) => setTimeout(resolve, 200))
  // The buffers of the two kernels, and the window of the proxy.
  expect(client.writableLength).toBeGreaterThan(32 * 1024 * 1024)
})

test('a connection that is reset while it is being ended leaves nothing behind', async () => {
  const { proxy, server } = await joined()
  proxy.swallow('down')
  server.end()
  await new Promise((resolve) => setTimeout(resolve, 50))
  proxy.heal()
  proxy.cut('RST')
  await expect.poll(() => proxy.open).toBe(0)
})
