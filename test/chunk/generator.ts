// Random numbers that a test can repeat: mulberry32 (Tommy Ettinger), in [0, 1). Not for anything but tests.

/** The generator of a seed. */
export const generator = (seed: number) => (): number => {
  seed = (seed + 0x6D2B79F5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
