// Merges sorted files of lines into one, with a small buffer for each: words.txt never lies in memory as a whole. Lines
// may be of any length. Lines compare by their bytes, and as a TAB is less than any letter, so do the words before it.
import { closeSync, openSync, readSync } from "node:fs"
import { writeAll, writing } from "./write.ts"

const READ = 64 * 1024
const WRITE = 256 * 1024
const FEED = 10

/** Reads a file line by line: `bytes` from `start` to `end` is the current line with its line feed. */
class Lines {
  bytes: Buffer = Buffer.allocUnsafeSlow(READ)
  start = 0
  end = 0
  private filled = 0
  private readonly fd: number

  constructor(path: string) {
    this.fd = openSync(path, "r")
  }

  /** Goes to the next line; false at the end of the file. */
  next(): boolean {
    this.start = this.end
    for (let looked = this.start;;) {
      const feed = this.bytes.subarray(0, this.filled).indexOf(FEED, looked)
      if (feed >= 0) {
        this.end = feed + 1
        return true
      }
      looked = this.filled - this.start
      if (!this.more()) return false
    }
  }

  /** Moves the beginning of the line to the front and reads on behind it. */
  private more(): boolean {
    const kept = this.filled - this.start
    const into = kept * 2 > this.bytes.length ? Buffer.allocUnsafeSlow(this.bytes.length * 2) : this.bytes
    this.bytes.copy(into, 0, this.start, this.filled)
    this.bytes = into
    this.start = 0
    this.end = 0
    const got = readSync(this.fd, into, kept, into.length - kept, null)
    this.filled = kept + got
    return got > 0
  }

  close(): void {
    closeSync(this.fd)
  }
}

const less = (a: Lines, b: Lines): boolean => a.bytes.compare(b.bytes, b.start, b.end, a.start, a.end) < 0

/** Lets `heap[0]` sink to its place: the least line is on top. */
const sink = (heap: Array<Lines>): void => {
  const one = heap[0]
  for (let at = 0;;) {
    let child = 2 * at + 1
    if (child + 1 < heap.length && less(heap[child + 1], heap[child])) child++
    if (child >= heap.length || !less(heap[child], one)) {
      heap[at] = one
      return
    }
    heap[at] = heap[child]
    at = child
  }
}

/** Writes the lines of all `heap`s files, the least first. */
const drain = (heap: Array<Lines>, fd: number): void => {
  const out = Buffer.allocUnsafeSlow(WRITE)
  let used = 0
  while (heap.length > 0) {
    const { bytes, end, start } = heap[0]
    if (used + end - start > WRITE) {
      writeAll(fd, out.subarray(0, used), null)
      used = 0
    }
    if (end - start > WRITE) writeAll(fd, bytes.subarray(start, end), null)
    else used += bytes.copy(out, used, start, end)
    if (!heap[0].next()) {
      const last = heap.pop()
      if (heap.length === 0 || last === undefined) break
      heap[0] = last
    }
    sink(heap)
  }
  writeAll(fd, out.subarray(0, used), null)
}

/** Merges files whose lines are sorted by their bytes into `target`; gives its path. */
export const mergeLines = (paths: ReadonlyArray<string>, target: string): string => {
  const open: Array<Lines> = []
  try {
    for (const path of paths) open.push(new Lines(path))
    const heap = open.filter((lines) => lines.next())
    heap.sort((a, b) => less(a, b) ? -1 : 1)
    writing(target, "w", (fd) => drain(heap, fd))
    return target
  } finally {
    for (const lines of open) lines.close()
  }
}
