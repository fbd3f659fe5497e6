// One large file of spilled values: which of its bytes are whose, and moving bytes between it and shared memory,
// slice by slice, with a running checksum. Plain callbacks; order, permits and handles are SpillStore's.

import * as fs from "node:fs"
import { dirname } from "node:path"
import { crc32 } from "node:zlib"
import { FreeList } from "./FreeList.ts"
import { type SpillFailed, spillFailed, spillFailedFor } from "./SpillFailed.ts"

/** Bytes moved by one call. Their checksum holds up the event loop: 0.3 ms, at 3-5 GB/s as measured. */
const SliceBytes = 1024 * 1024

/** Views in one call; the system takes 1024. */
const SliceViews = 256

/** What is between two values: written as zeros, and read to where nobody looks. */
const zeros = new Uint8Array(4096)
const ignored = new Uint8Array(4096)

/** Values on their way to or from a file, each of some parts. */
export interface Transfer {
  readonly operation: "write" | "read"
  values: ReadonlyArray<ReadonlyArray<Uint8Array>>
  /** Once set, no further slice is begun. */
  stopped: boolean
  /** Called once, when the kernel has done with the parts; the checksums mean something only if all bytes were moved. */
  readonly done: (failure: SpillFailed | undefined, checksums: ReadonlyArray<number>) => void
}

/** A file that is made when it is first written to, readable and writable by this user alone. */
export class SpillFile {
  /** Ranges start at pages of the page cache, so that no write has to read the beginning of a page first. */
  static readonly granule = 4096

  /** Bytes of the range of a value. */
  static lengthFor(bytes: number): number {
    return Math.max(1, Math.ceil(bytes / SpillFile.granule)) * SpillFile.granule
  }

  readonly path: string
  /** The most bytes that the file may have. */
  readonly limit: number
  readonly ranges = new FreeList({ name: "SpillFile", granule: SpillFile.granule, step: SpillFile.granule })
  #descriptor = -1
  #waiting: Array<(failure: SpillFailed | undefined) => void> | undefined

  constructor(path: string, limit: number) {
    this.path = path
    this.limit = limit
  }

  /** Whether the file has been made. */
  get isOpen(): boolean {
    return this.#descriptor >= 0
  }

  /** Makes the file, with its folder if that has been removed, unless it is there; callers meanwhile share the attempt. */
  open(then: (failure: SpillFailed | undefined) => void): void {
    if (this.#descriptor >= 0) return then(undefined)
    if (this.#waiting !== undefined) {
      this.#waiting.push(then)
      return
    }
    const waiting = this.#waiting = [then]
    create(this.path, (cause, descriptor) => {
      this.#descriptor = descriptor
      this.#waiting = undefined
      const failure = descriptor < 0 ? spillFailed("write", this.path, cause) : undefined
      for (const each of waiting) each(failure)
    })
  }

  /** Moves the values, one after the other from `offset` on, between memory and the file, which is open. */
  run(transfer: Transfer, offset: number): void {
    const { done, operation, values } = transfer
    const slices = slicesOf(values, operation === "write" ? zeros : ignored)
    const checksums = values.map(() => 0)
    let position = offset
    if (slices.length === 0) return queueMicrotask(() => done(undefined, checksums))
    const next = (slice: number): void => {
      if (transfer.stopped || slice === slices.length) return done(undefined, checksums)
      if (operation === "write") addTo(checksums, slices[slice])
      this.#move(operation, slices[slice].views, position, (failure, bytes) => {
        if (failure !== undefined) return done(failure, checksums)
        if (operation === "read") addTo(checksums, slices[slice])
        position += bytes
        next(slice + 1)
      })
    }
    next(0)
  }

  /** Closes the file and deletes it. What fails is left for the folder's removal. */
  remove(then: () => void): void {
    if (this.#descriptor < 0) return then()
    fs.close(this.#descriptor, () => fs.unlink(this.path, () => then()))
    this.#descriptor = -1
  }

  /** Moves all of `views`; the system may move less at a time. */
  #move(
    operation: "write" | "read",
    views: ReadonlyArray<Uint8Array>,
    position: number,
    then: (failure: SpillFailed | undefined, bytes: number) => void
  ): void {
    const bytes = bytesOf(views)
    const moved = (cause: NodeJS.ErrnoException | null, count: number): void => {
      if (cause !== null) return then(spillFailed(operation, this.path, cause), 0)
      if (count === bytes) return then(undefined, bytes)
      if (count === 0) return then(this.#stuck(operation, position), 0)
      this.#move(operation, skip(views, count), position + count, (failure, rest) => then(failure, count + rest))
    }
    if (operation === "write") fs.writev(this.#descriptor, views, position, moved)
    else fs.readv(this.#descriptor, views, position, moved)
  }

  #stuck(operation: "write" | "read", position: number): SpillFailed {
    return operation === "write"
      ? spillFailedFor(operation, this.path, "io", `the system takes no bytes at ${position}`)
      : spillFailedFor(operation, this.path, "damaged", `the file ends at ${position}, before the value does`)
  }
}

/** Bytes of all views together. */
export function bytesOf(views: ReadonlyArray<Uint8Array>): number {
  let bytes = 0
  for (const view of views) bytes += view.length
  return bytes
}

function create(path: string, then: (cause: unknown, descriptor: number) => void): void {
  fs.open(path, "wx+", 0o600, (cause, descriptor) => {
    if (cause === null) return then(undefined, descriptor)
    if (cause.code !== "ENOENT") return then(cause, -1)
    fs.mkdir(dirname(path), 0o700, (gone) => {
      if (gone !== null && gone.code !== "EEXIST") return then(gone, -1)
      fs.open(path, "wx+", 0o600, (cause, descriptor) => then(cause, cause === null ? descriptor : -1))
    })
  })
}

/** Views that are moved by one call. */
interface Slice {
  readonly views: Array<Uint8Array>
  /** the number of the value that each is of, or -1: what is between two */
  readonly of: Array<number>
}

function addTo(checksums: Array<number>, { of, views }: Slice): void {
  for (let i = 0; i < views.length; i++) if (of[i] >= 0) checksums[of[i]] = crc32(views[i], checksums[of[i]])
}

/** Cuts values, with padding between them, into groups of at most SliceBytes and SliceViews. */
function slicesOf(values: ReadonlyArray<ReadonlyArray<Uint8Array>>, padding: Uint8Array): Array<Slice> {
  const slices: Array<Slice> = []
  let slice: Slice = { views: [], of: [] }
  let room = SliceBytes
  const add = (part: Uint8Array, of: number): void => {
    for (let from = 0; from < part.length;) {
      const to = Math.min(part.length, from + room)
      slice.views.push(from === 0 && to === part.length ? part : part.subarray(from, to))
      slice.of.push(of)
      room -= to - from
      from = to
      if (room > 0 && slice.views.length < SliceViews) continue
      slices.push(slice)
      slice = { views: [], of: [] }
      room = SliceBytes
    }
  }
  values.forEach((parts, value) => {
    for (const part of parts) add(part, value)
    const bytes = bytesOf(parts)
    if (value < values.length - 1) add(padding.subarray(0, SpillFile.lengthFor(bytes) - bytes), -1)
  })
  if (slice.views.length > 0) slices.push(slice)
  return slices
}

/** The views without their first `count` bytes. */
function skip(views: ReadonlyArray<Uint8Array>, count: number): Array<Uint8Array> {
  const rest: Array<Uint8Array> = []
  for (const view of views) {
    if (count < view.length) rest.push(count > 0 ? view.subarray(count) : view)
    count = Math.max(0, count - view.length)
  }
  return rest
}
