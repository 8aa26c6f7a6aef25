import { expect, test } from 'vitest'
import { virtualClock } from '../../core/clock.ts'
import type { Link, Listing } from '../../core/link.ts'
import { createLists } from './lists.ts'

function linkOf(list: () => Listing[]) {
  const asked: string[] = []
  const link: Link = {
    connect: () => ({ receive() {}, lost() {} }),
    list: async (protocol) => {
      asked.push(protocol)
      return list()
    },
  }
  return { link, asked }
}

const room = (seats: number): Listing => ({ code: `R${seats}`, seats, seatsMax: 9, watchers: 0 })

test('[SF16] however many ask, a list is made at most every 100 ms, for each game', async () => {
  const clock = virtualClock()
  let seats = 0
  const { link, asked } = linkOf(() => [room(++seats)])
  const lists = createLists(link, clock)
  const told = async (protocol: string) => JSON.parse(String(await lists(protocol))) as unknown
  const first = [room(1)]
  expect([await told('pit'), await told('pit')]).toEqual([first, first])
  clock.advance(99)
  expect(await told('pit')).toEqual(first)
  expect(await told('chess')).toEqual([room(2)])
  clock.advance(1)
  expect(await told('pit')).toEqual([room(3)])
  expect(asked).toEqual(['pit', 'chess', 'pit'])
})

test('[SF16] the thousand fullest rooms are listed; a list that fails is told to all who asked, and made anew', async () => {
  const clock = virtualClock()
  const rooms = Array.from({ length: 1001 }, (_, at) => room(2000 - at))
  let fails = false
  const { link } = linkOf(() => {
    if (fails) throw new Error('a thread is gone')
    return rooms
  })
  const lists = createLists(link, clock)
  expect(JSON.parse(String(await lists('pit')))).toEqual(rooms.slice(0, 1000))
  fails = true
  clock.advance(100)
  const both = await Promise.allSettled([lists('pit'), lists('pit')])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  fails = false
  clock.advance(100)
  expect(JSON.parse(String(await lists('pit')))).toHaveLength(1000)
})
