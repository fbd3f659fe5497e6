// Runs in a worker thread for crossing.test.ts: uses the codec as a worker of plain Node does, counting the modules of
// Effect that this loads, and sends back what it decoded.
import { registerHooks } from "node:module"
import { parentPort, workerData } from "node:worker_threads"

const loaded: Array<string> = []
registerHooks({
  load: (url, context, next) => {
    loaded.push(url)
    return next(url, context)
  }
})
const effectModules = (): number => loaded.filter((url) => url.includes("/node_modules/effect/")).length

const { check, Crossing, decode, encode } = await import("../../src/chunk/codec.ts")
const light = new Crossing()
const error = Object.assign(new Error("x", { cause: new TypeError("y") }), { field: [1] })
const plain = [new Map([[1, { a: 1n }]]), new Float64Array(1000), new ArrayBuffer(3), error, Object.create(null)]
const encoded = encode(plain, light)
decode(encoded.head, encoded.buffers, light)
let refused = ""
try {
  check({ f: () => 1 }, light, "value")
} catch (thrown) {
  refused = (thrown as Error).message
}
const beforeDecode = effectModules()

const some = encode([{ a: 1 }], light)
decode(some.head, some.buffers, light)
const { head, buffers } = workerData as { readonly head: Uint8Array; readonly buffers: ReadonlyArray<Uint8Array> }
const { Broken, crossing, Trip } = await import("./crossingClasses.ts")
const value = decode(head, buffers, crossing) as readonly [ReadonlyArray<unknown>, unknown, unknown]
const afterDecode = effectModules()

const { Cause, Exit, Option, Schema } = await import("effect")
const [[option, , exit, , cause], trip, broken] = value
const again = encode(value, crossing)
parentPort?.postMessage({
  beforeDecode,
  refused,
  afterDecode,
  known: {
    option: Option.isOption(option),
    sameInstance: Object.getPrototypeOf(option) === Object.getPrototypeOf(Option.some(1)),
    exit: Exit.isExit(exit),
    cause: Cause.isCause(cause),
    trip: trip instanceof Trip,
    broken: broken instanceof Broken,
    valid: Schema.is(Trip)(trip) && Schema.is(Broken)(broken)
  },
  head: again.head,
  buffers: again.buffers
})
