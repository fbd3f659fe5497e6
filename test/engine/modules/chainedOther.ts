// Task functions with the service of chained.ts, to which this module's layer gives another value.
import { Effect, Layer } from "effect"
import { Task } from "poniard"
import { Factor } from "./chained.ts"

/** The task functions of this file. */
export const { minus, otherwise } = Task.module(import.meta.url, {
  minus: (x: number) => x - 1,
  otherwise: (x: number) => Effect.delay(Factor.useSync(({ value }) => x * value), 1)
}, { layer: Layer.succeed(Factor, { value: 1000 }) })
