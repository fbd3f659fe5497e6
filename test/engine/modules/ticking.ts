// A module with a clock of its own: the tasks of its thread must leave the event loop turns enough for it.
import { Task } from "poniard"

let ticks = 0

setInterval(() => ticks++, 5).unref()

export const { ticked } = Task.module(import.meta.url, {
  /** how often the clock has ticked on this thread */
  ticked: (): number => ticks
})
