// Which reads from disk go together: values that lie side by side there, as those do that one task reads and that were
// written one after the other. Reads nothing.
import type { Entry } from "../chunk/Entry.ts"
import { liesBehind } from "../chunk/SpillStore.ts"

/** Bytes that are read together. */
const TOGETHER = 2 << 20

/** A read that has its room. */
export interface Read {
  readonly chunk: number
  readonly entry: Entry
  /** where its parts go */
  readonly offsets: ReadonlyArray<number>
}

/** Reads in the order of the disk, those that lie side by side there together. */
export const runsOf = (reads: Array<Read>): ReadonlyArray<ReadonlyArray<Read>> => {
  const runs: Array<Array<Read>> = []
  let bytes = 0
  reads.sort(({ entry: { disk: a } }, { entry: { disk: b } }) => a!.file - b!.file || a!.offset - b!.offset)
  reads.forEach((read, i) => {
    const disk = read.entry.disk!
    const joins = i > 0 && bytes + disk.bytes <= TOGETHER && liesBehind(disk, reads[i - 1].entry.disk!)
    if (joins) runs[runs.length - 1].push(read)
    else runs.push([read])
    bytes = disk.bytes + (joins ? bytes : 0)
  })
  return runs
}
