// The producer and the consumer as workerpool wants them: registered functions.
import library from "workerpool"
import { arrival, filled } from "./arrays.ts"

library.worker({
  moved: (length: number) => {
    const array = filled(new Float64Array(length))
    return new library.Transfer(array, [array.buffer as ArrayBuffer])
  },
  cloned: (length: number) => filled(new Float64Array(length)),
  consume: arrival
})
