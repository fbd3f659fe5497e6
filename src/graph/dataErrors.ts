// The errors of values, wherever they lie: in the store, in files, on devices. errors.ts has all errors; this is a part of it.
import * as Schema from "effect/Schema"
import { printBytes, seen } from "./phrases.ts"

/** A stored value is gone, and the recipe to make it again too; or its bytes on disk are damaged. */
export class ChunkLost extends Schema.TaggedError<ChunkLost>("poniard/ChunkLost")("ChunkLost", {
  chunk: Schema.Int,
  /** the task that made it, if one did */
  task: Schema.optionalKey(Schema.String),
  reason: Schema.String
}) {
  override get message(): string {
    return `Chunk ${this.chunk}${this.task === undefined ? "" : ` of task "${this.task}"`} is lost: ${this.reason}`
  }
}

const Seen = Schema.Struct({ bytes: Schema.Number, modified: Schema.Number })

/** A file that is an input (`Chunk.file`) is not as it was when it was made one, or is gone. */
export class InputChanged extends Schema.TaggedError<InputChanged>("poniard/InputChanged")("InputChanged", {
  path: Schema.String,
  /** its length, and when it had changed last in milliseconds since 1970: then, and now; null: it is gone */
  was: Seen,
  is: Schema.NullOr(Seen)
}) {
  override get message(): string {
    return `The file ${this.path} has changed since Chunk.file was called: it was ${seen(this.was)}, it is ${
      this.is === null ? "gone" : seen(this.is)
    }. `
      + "Call Chunk.file again, and leave inputs alone while they are used"
  }
}

/** A storage device cannot hold a value, or no longer has it as it was. */
export class StorageFailed extends Schema.TaggedError<StorageFailed>("poniard/StorageFailed")("StorageFailed", {
  reason: Schema.Literals(["full", "denied", "missing", "damaged"]),
  /** a path, or "memory" */
  place: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `${this.place}: ${this.detail} (${this.reason})`
  }
}

/** A value does not fit into the engine's budget, however much is spilled. */
export class StoreFull extends Schema.TaggedError<StoreFull>("poniard/StoreFull")("StoreFull", {
  /** the task whose inputs or output it is, if one is to blame */
  task: Schema.optionalKey(Schema.String),
  /** bytes that are needed at once */
  needed: Schema.Number,
  /** bytes that chunks may occupy in memory */
  budget: Schema.Number
}) {
  override get message(): string {
    const who = this.task === undefined ? "A value" : `Task "${this.task}"`
    const [needed, budget] = [printBytes(this.needed), printBytes(this.budget)]
    return `${who} needs ${needed} in memory at once and the budget is ${budget}. `
      + "Raise Engine.layer({ memory }), or cut the data into smaller chunks"
  }
}
