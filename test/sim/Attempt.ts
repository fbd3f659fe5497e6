// One try at running a task in a simulated world, as its processor sees it.
import { FAR, HEAP, INLINE, SHARED } from "../../src/scheduler/Event.ts"
import type { Instance, SimWish } from "./Node.ts"
import type { Processor } from "./Processor.ts"
import type { World } from "./World.ts"

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

/** The task of an attempt has its values: those over `large` bytes are in the arena, or where `heap` says. */
export const storeValues = (
  instance: Instance,
  large: number,
  processor: number,
  heap: () => typeof HEAP | typeof FAR | undefined
): void => {
  instance.node.bytes.forEach((size, i) => {
    const held = instance.outputs[i]
    held.bytes = size
    held.memory = size <= large ? INLINE : heap() ?? SHARED
    if (held.memory === FAR) held.home = processor
  })
  instance.ended = "stored"
  instance.attempt = 0
}

/** On whose heap a value stays: this thread's, or its processor's alone, for those that were sent behind it there. */
export const heapOf = (
  { outcomes, plan, random }: World,
  { ahead, follows, id }: Processor,
  { node: { fn } }: Instance,
  attempt: number
): typeof HEAP | typeof FAR | undefined => {
  if (plan.live > 0 && ahead === 0) return random.chance(plan.live) ? HEAP : undefined
  const stays = plan.far > 0 && fn.taskClass.handsOver && follows === "shared" && outcomes.isKept(attempt, id)
  return stays && random.chance(plan.far) ? FAR : undefined
}
