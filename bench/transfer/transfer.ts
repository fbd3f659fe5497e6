// How long 100 MiB take from the return of the function that made them to the first line of a function on another
// thread that wants them. Not how fast they are read there: a copy that is put off would show in the sum, not here.
import type { Bench, Given } from "../harness/Bench.ts"
import { check, type Contestant, interleave, type Sample } from "../harness/interleave.ts"
import { loadRival } from "../harness/loadRival.ts"
import { rowOf } from "../harness/Row.ts"
import { sumOf } from "./arrays.ts"
import type { Carrier, Kind } from "./Carrier.ts"

const mebibyte = 2 ** 20
const most = 50

const carriers: Readonly<Record<string, () => Promise<(threads: number) => Promise<Carrier>>>> = {
  poniard: async () => (await import("./poniard.ts")).poniard,
  piscina: async () => (await import("./piscina.ts")).piscina,
  workerpool: async () => (await import("./workerpool.ts")).workerpool
}

const openAll = async (given: Given): Promise<ReadonlyArray<Carrier>> => {
  const opened: Array<Carrier> = []
  for (const name of given.texts("system", Object.keys(carriers))) {
    const start = await loadRival(name, carriers[name], given.note)
    if (start !== undefined) opened.push(await start(given.threads))
  }
  return opened
}

/** Ours must cross threads: a try whose consumers all stayed with the producer does not count and is repeated. */
const crossing = async (carrier: Carrier, kind: Kind, length: number, stayed: () => void): Promise<number> => {
  const sum = sumOf(length)
  for (let attempt = 0; attempt < most; attempt++) {
    const seen = await carrier.carry(kind, length)
    for (const one of seen) check(one.sum === sum, () => `${carrier.name}: the sum is ${one.sum}, not ${sum}`)
    const crossed = seen.find((one) => one.from !== one.to) ?? (carrier.name === "poniard" ? undefined : seen[0])
    if (crossed !== undefined) return crossed.us / 1000
    stayed()
  }
  throw new Error(`${carrier.name}: in ${most} tries no consumer ran on another thread`)
}

/** One bare copy of as many bytes from private into shared memory, both already touched. */
const memcpy = (length: number): Contestant => {
  const from = new Float64Array(length).fill(1)
  const to = new Float64Array(new SharedArrayBuffer(length * 8)).fill(2)
  return {
    name: "memcpy",
    sample: async (): Promise<Sample> => {
      from[length - 1] += 1
      const started = performance.now()
      to.set(from)
      const ms = performance.now() - started
      check(to[length - 1] === from[length - 1], () => "memcpy")
      return { value: ms }
    }
  }
}

/** Doubles of the arrays that are carried before anything counts. */
const SMALL = 16_384

/** Lets a carrier work for a second: what is measured is the way of the bytes, not V8 compiling it. */
const warmUp = async (given: Given, carrier: Carrier, kind: Kind): Promise<void> => {
  for (const until = performance.now() + (given.quick ? 300 : 1000); performance.now() < until;) {
    await carrier.carry(kind, SMALL)
  }
}

const runCase = async (given: Given, carriers: ReadonlyArray<Carrier>, kind: Kind, mib: number): Promise<void> => {
  const length = mib * mebibyte / 8
  let stayed = 0
  const contestants = carriers.map((carrier): Contestant => ({
    name: carrier.name,
    sample: async () => ({ value: await crossing(carrier, kind, length, () => stayed++) })
  }))
  for (const carrier of carriers) await warmUp(given, carrier, kind)
  const series = await interleave([...contestants, memcpy(length)], { samples: given.samples, warmUps: 2 })
  const floor = series[series.length - 1]
  const name = `float64-${mib}MiB-${kind}`
  for (const one of series) {
    given.row(rowOf(
      {
        bench: "transfer",
        case: one.name === "poniard" ? name : `${name}-${one.name}`,
        unit: "ms",
        parameters: { system: one.name, threads: given.threads, mib }
      },
      one.values,
      one === floor ? undefined : floor
    ))
  }
  if (stayed > 0) given.note(`${name}: ${stayed} tries did not cross threads and were repeated`)
}

/** The benchmark `transfer`: cases `float64-100MiB-alloc` and `float64-100MiB-plain`. */
export const transfer: Bench = {
  name: "transfer",
  about: "a large array from the return of its producer to its consumer on another thread",
  parameters: { kind: ["alloc", "plain"], mib: "number", system: Object.keys(carriers) },
  run: async (given) => {
    const opened = await openAll(given)
    try {
      for (const mib of given.numbers("mib", [100])) {
        for (const kind of given.texts("kind", ["alloc", "plain"])) await runCase(given, opened, kind as Kind, mib)
      }
    } finally {
      await Promise.all(opened.map((carrier) => carrier.close()))
    }
  }
}
