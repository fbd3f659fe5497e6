// Task functions that print, in every way that Node has.
import { Console, Effect } from "effect"
import { Task } from "poniard"

/** The task functions of this file. */
export const { buffers, calls, effects, lines, structures } = Task.module(import.meta.url, {
  lines: (name: string, count: number) => {
    for (let i = 0; i < count; i++) console.log(`${name} ${i}`)
    return count
  },
  structures: () => {
    console.log("%s is %d", "six", 6, { deep: { er: [1] } })
    console.info("info")
    console.warn("warn")
    console.error(new RangeError("shown"))
    console.table([{ a: 1 }])
  },
  buffers: () => {
    const bytes = Buffer.from("grün und 🙂\n")
    for (const byte of bytes) process.stdout.write(Uint8Array.of(byte))
    process.stdout.write("6869210a", "hex")
    process.stdout.write(new Uint8Array(Buffer.from("a view\n")))
  },
  calls: () =>
    new Promise<string>((resolve) => {
      process.stdout.write("with a callback\n", () => resolve("called"))
    }),
  effects: () => Effect.as(Effect.andThen(Console.log("from an Effect"), Effect.logInfo("logged")), 1)
})
