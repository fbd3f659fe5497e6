// Random numbers by their place: the same seed and place always give the same, in any order and on any thread, so that an
// answer can be computed again without keeping the data. Good mixing (the finalizer of MurmurHash3), no cryptography.

/** 32 random bits, as a whole number that may be negative. Places from 0 to 2^32 - 1. */
export const bitsAt = (seed: number, place: number): number => {
  let bits = Math.imul(place ^ seed, 0x9e3779b1)
  bits = Math.imul(bits ^ bits >>> 16, 0x85ebca6b)
  bits = Math.imul(bits ^ bits >>> 13, 0xc2b2ae35)
  return bits ^ bits >>> 16
}

/** A whole number from 0 to 2^20 - 1: sums of 2^33 of them are exact in any order. */
export const smallAt = (seed: number, place: number): number => bitsAt(seed, place) >>> 12

/** A number from 0 to 1, 1 excluded, of 53 random bits. */
export const fractionAt = (seed: number, place: number): number =>
  ((bitsAt(seed, place) >>> 5) * 2 ** 26 + (bitsAt(~seed, place) >>> 6)) / 2 ** 53
