// One try at running a task in a simulated world, as its processor sees it.
import { HEAP, INLINE, SHARED } from "../../src/scheduler/Event.ts"
import type { Instance, SimWish } from "./Node.ts"

/** An attempt. */
export interface Attempt {
  readonly instance: Instance
  readonly number: number
  child: SimWish | undefined
  suspended: boolean
  /** attempts that make inputs of it which were not there when it was sent */
  readonly awaited: ReadonlyArray<number>
  /** nobody wants to hear of it */
  unwanted: boolean
  over: boolean
}

/** One that has arrived and not begun. */
export const newAttempt = (instance: Instance, number: number, awaited: ReadonlyArray<number>): Attempt => ({
  instance,
  number,
  awaited,
  child: undefined,
  suspended: false,
  unwanted: false,
  over: false
})

/** The task of an attempt has its values: those over `large` bytes are in the arena, or on the heap of this thread. */
export const storeValues = (instance: Instance, large: number, isLive: () => boolean): void => {
  instance.node.bytes.forEach((size, i) => {
    instance.outputs[i].bytes = size
    instance.outputs[i].memory = size <= large ? INLINE : isLive() ? HEAP : SHARED
  })
  instance.ended = "stored"
  instance.attempt = 0
}
