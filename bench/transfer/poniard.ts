// Poniard: `alloc` makes the array with Task.alloc, `plain` with new Float64Array. Two consumers want the array at the
// same time and each takes a while, so that one of them runs on the other thread; the benchmark counts that one only.
import { ManagedRuntime } from "effect"
import { collect, delayed, Engine } from "poniard"
import { allocated, consumed, plain } from "../tasks.ts"
import type { Carrier } from "./Carrier.ts"

/** An engine with so many threads and room for several such arrays. */
export const poniard = async (threads: number): Promise<Carrier> => {
  const runtime = ManagedRuntime.make(Engine.layer({ threads, memory: "1 GiB" }))
  await runtime.context()
  return {
    name: "poniard",
    carry: (kind, length) => {
      const array = delayed(kind === "alloc" ? allocated : plain)(length)
      const consume = delayed(consumed)
      return runtime.runPromise(collect([consume(array, 0), consume(array, 1)]))
    },
    close: () => runtime.dispose()
  }
}
