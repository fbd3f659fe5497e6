// The classes that the codec's tests let cross, for the main thread and for workers. Not listed anywhere: Unlisted.
import { Schema } from "effect"
import { Crossing } from "../../src/chunk/codec.ts"

export class Place extends Schema.Class<Place>("test/Place")({ x: Schema.Number, y: Schema.Number }) {
  get far(): number {
    return Math.hypot(this.x, this.y)
  }
}

export class Trip extends Schema.Class<Trip>("test/Trip")({
  from: Place,
  via: Schema.Array(Place),
  note: Schema.Option(Schema.String)
}) {}

export class NotFound
  extends Schema.TaggedError<NotFound>()("NotFound", { key: Schema.String, near: Schema.Unknown })
{}

export class Broken
  extends Schema.TaggedError<Broken>()("Broken", { message: Schema.String, cause: Schema.Defect() })
{}

export class Unlisted
  extends Schema.TaggedError<Unlisted>()("Unlisted", { code: Schema.Number, data: Schema.Unknown })
{}

/** A table with all of them but Unlisted. */
export const crossing = new Crossing()
crossing.add([Place, Trip, NotFound, Broken])
