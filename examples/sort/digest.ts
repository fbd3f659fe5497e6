// A digest of numbers that does not depend on their order: two multisets of which one has a number more, less, or changed
// in a single bit, have the same with a chance of 1 in 2^64. It guards against mistakes, not against malice.

/** Two sums of 32 bits each. */
export type Digest = readonly [low: number, high: number]

const mixed = (low: number, high: number, salt: number): number => {
  let bits = Math.imul(low ^ salt, 0x85ebca6b) ^ Math.imul(high, 0xc2b2ae35)
  bits = Math.imul(bits ^ bits >>> 15, 0x2c1b3c6d)
  bits = Math.imul(bits ^ bits >>> 12 ^ high, 0x297a2d39)
  return bits ^ bits >>> 15
}

/** The digest of some numbers. */
export const digestOf = (numbers: Float64Array): Digest => {
  const words = new Int32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length)
  let [one, other] = [0, 0]
  for (let i = 0; i < words.length; i += 2) {
    one = one + mixed(words[i], words[i + 1], 0x5bd1e995) | 0
    other = other + mixed(words[i], words[i + 1], 0x1b873593) | 0
  }
  return [one, other]
}

/** The digest of two multisets together. */
export const addDigests = (a: Digest, b: Digest): Digest => [a[0] + b[0] | 0, a[1] + b[1] | 0]

/** A digest as text. */
export const showDigest = (digest: Digest): string =>
  digest.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("")
