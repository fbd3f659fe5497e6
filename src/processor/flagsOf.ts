// What a task's record says of it beside its function and arguments: bits of Flag, read off its options and its uses.
import { RAW_BYTES } from "../chunk/sizes.ts"
import { Flag } from "../transport/Message.ts"
import type { Host } from "./Processor.ts"

/** The flags of a task. */
export const flagsOf = ({ isSuspect, source }: Host, task: number): number => {
  const { getResult, timeout } = source.options(task)
  return (timeout >= 0 ? Flag.announce : 0) | (source.outputs(task) > 0 ? Flag.many : 0) | (getResult ? Flag.apart : 0)
    | (isSuspect(task) ? Flag.alone | Flag.announce : 0) | (source.isUsed(task) ? Flag.wanted : 0)
}

/**
 * Whether the value of a task with these flags may stay on its worker's heap: one that could be computed anew, that
 * nothing else is to keep, and that is large enough to be worth it.
 */
export const mayStay = ({ source }: Host, task: number, flags: number): boolean => {
  if ((flags & (Flag.wanted | Flag.many | Flag.apart | Flag.alone)) !== Flag.wanted) return false
  const { checkpoint, persist, rerun } = source.options(task)
  return rerun && !persist && !checkpoint && source.expected(task) >= RAW_BYTES && source.isLasting(task)
}
