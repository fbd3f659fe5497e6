// Task Bench's random numbers: SipHash-2-4 over whole numbers, as `random_nearest` needs them to choose the same inputs
// as the original. Slow, with bigints: a pattern asks once for each pair of columns. Not for anything else.

const mask = (1n << 64n) - 1n
const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & mask

/** The key: bytes 01 02 ... 0F 00, read as two little-endian words. */
const keyLow = 0x0807060504030201n
const keyHigh = 0x000f0e0d0c0b0a09n

type State = [bigint, bigint, bigint, bigint]

const round = (v: State): void => {
  v[0] = (v[0] + v[1]) & mask
  v[1] = rotate(v[1], 13n) ^ v[0]
  v[0] = rotate(v[0], 32n)
  v[2] = (v[2] + v[3]) & mask
  v[3] = rotate(v[3], 16n) ^ v[2]
  v[0] = (v[0] + v[3]) & mask
  v[3] = rotate(v[3], 21n) ^ v[0]
  v[2] = (v[2] + v[1]) & mask
  v[1] = rotate(v[1], 17n) ^ v[2]
  v[2] = rotate(v[2], 32n)
}

const absorb = (v: State, word: bigint): void => {
  v[3] ^= word
  round(v)
  round(v)
  v[0] ^= word
}

/** A number from 0 to 1 that depends on nothing but the arguments: whole numbers, hashed as little-endian int64. */
export const randomNumber = (...of: ReadonlyArray<number>): number => {
  const v: State = [
    keyLow ^ 0x736f6d6570736575n,
    keyHigh ^ 0x646f72616e646f6dn,
    keyLow ^ 0x6c7967656e657261n,
    keyHigh ^ 0x7465646279746573n
  ]
  for (const number of of) absorb(v, BigInt(number) & mask)
  absorb(v, BigInt(of.length * 8 & 0xff) << 56n)
  v[2] ^= 0xffn
  for (let i = 0; i < 4; i++) round(v)
  return Number(v[0] ^ v[1] ^ v[2] ^ v[3]) / 2 ** 64
}
