// The work that a task of Task Bench does: `compute_bound` (floating point, no memory) and `memory_bound` (copies inside a
// piece of memory that each thread has for itself). `work` says how much a kernel does, in flops or bytes.

/** The kernels, by the names of the original. */
export const kernels = ["compute_bound", "memory_bound"] as const

/** The name of a kernel. */
export type Kernel = typeof kernels[number]

const doubles = 64

/** Bytes of a thread's memory: more than its caches hold. */
const scratchBytes = 32 * 2 ** 20

/** Into how many samples it is divided: one of them, 16 KiB, is worked on in an iteration. */
const samples = 2048

const magic = 0x5c4a7c8bn

/** What `iterations` of a kernel amount to: flops, or bytes. */
export const workOf = (kernel: Kernel, iterations: number): number =>
  kernel === "compute_bound" ? 2 * doubles * iterations + doubles : scratchBytes / samples * iterations

const values = new Float64Array(doubles)

const computeBound = (iterations: number): number => {
  values.fill(1.2345)
  for (let i = 0; i < iterations; i++) {
    for (let j = 0; j < doubles; j++) values[j] = values[j] * values[j] + values[j]
  }
  let product = 1
  for (let j = 0; j < doubles; j++) product *= values[j]
  return product
}

let scratch: BigInt64Array | undefined

/** Copies the first half of each region to its second half; a region is samples one after the other up to the end. */
const memoryBound = (iterations: number, step: number): number => {
  scratch ??= new BigInt64Array(scratchBytes / 8).fill(magic)
  if (scratch[0] !== magic) throw new Error("memory_bound: the scratch memory has been overwritten")
  const words = scratch.length / samples
  let sample = step * iterations % samples
  for (let left = iterations; left > 0;) {
    const count = Math.min(left, samples - sample)
    const from = sample * words
    const half = count * words / 2
    scratch.copyWithin(from + half, from, from + half)
    left -= count
    sample = 0
  }
  return Number(scratch[scratch.length - 1])
}

/** Does the work, and gives a number that depends on it: nothing is optimised away. */
export const runKernel = (kernel: Kernel, iterations: number, step: number): number =>
  kernel === "compute_bound" ? computeBound(iterations) : memoryBound(iterations, step)
