// Which file and which range of it a spilled value gets. Ranges are used again as soon as they are free, for to
// overwrite is much faster than to extend. It keeps the list of files and moves no bytes.

import { join } from "node:path"
import { SpillFile } from "./SpillFile.ts"

/** A range of a file. */
export interface Place {
  readonly number: number
  readonly file: SpillFile
  readonly offset: number
}

/** The spill files of a store. */
export class SpillSpace {
  readonly #fileBytes: number
  readonly #files = new Map<number, SpillFile>()
  #next = 0

  /** `fileBytes`: the most bytes of a file, but for a value that is larger. */
  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes
  }

  /** Bytes of the ranges in use. */
  get used(): number {
    let bytes = 0
    for (const { ranges } of this.#files.values()) bytes += ranges.used
    return bytes
  }

  /** Bytes of the files. */
  get length(): number {
    let bytes = 0
    for (const { ranges } of this.#files.values()) bytes += ranges.length
    return bytes
  }

  /** Room for values side by side, with one user each. */
  reserve(directory: string, sizes: ReadonlyArray<number>): Array<Place> {
    const lengths = sizes.map((bytes) => SpillFile.lengthFor(bytes))
    const first = this.#reserve(directory, lengths.reduce((sum, length) => sum + length, 0))
    const { file, number } = first
    const places = [first]
    for (let i = 0; i + 1 < lengths.length; i++) {
      places.push({ number, file, offset: file.ranges.split(places[i].offset, lengths[i]) })
    }
    return places
  }

  /** A hole of any file, else the end of one that may grow, else a new file. */
  #reserve(directory: string, bytes: number): Place {
    for (const [number, file] of this.#files) {
      const offset = file.ranges.alloc(bytes, file.ranges.length)
      if (offset >= 0) return { number, file, offset }
    }
    for (const [number, file] of this.#files) {
      const offset = file.ranges.alloc(bytes, file.limit)
      if (offset >= 0) return { number, file, offset }
    }
    const number = this.#next++
    const file = new SpillFile(join(directory, `${number}.spill`), Math.max(this.#fileBytes, bytes + SpillFile.granule))
    this.#files.set(number, file)
    return { number, file, offset: file.ranges.alloc(bytes, file.limit) }
  }

  /** The place of a value that was written. Throws if it has been freed and its file with it. */
  find(number: number, offset: number): Place {
    const file = this.#files.get(number)
    if (file === undefined) throw new Error(`SpillStore: nothing is spilled in file ${number}; it was freed before`)
    return { number, file, offset }
  }

  /** One user less of a range. Of the files that nobody uses one is kept, ready to be overwritten. */
  release({ file, number, offset }: Place): void {
    if (!file.ranges.release(offset) || file.ranges.used > 0) return
    const spare = [...this.#files.values()].some((other) => other !== file && other.ranges.used === 0)
    if (file.isOpen && !spare) return
    this.#files.delete(number)
    file.remove(() => {})
  }

  /** Releases ranges that could not be written. At the end of their file, the disk may be full, they are not offered again. */
  giveUp(places: ReadonlyArray<Place>): void {
    for (const place of places) this.release(place)
    places[0].file.ranges.trim()
  }

  /** Closes and deletes all files, which nobody uses any more. */
  remove(then: () => void): void {
    let left = this.#files.size
    if (left === 0) return then()
    for (const file of this.#files.values()) file.remove(() => --left === 0 && then())
  }
}
