import { expect, test } from 'vitest'

test('the tests run on a Node that the packages allow', () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  expect(major * 1000 + minor).toBeGreaterThanOrEqual(24_015)
})
