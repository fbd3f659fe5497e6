// Says where the main thread's time went, by function, between two moments: Node's own sampling profiler, read by self
// time. Not for worker threads, and not while a figure is taken that will be quoted: it costs some percent.
import { Session } from "node:inspector/promises"

/** A profiler that is running; `stop` gives the functions with the largest self time, as lines of text. */
export interface Profile {
  readonly start: () => Promise<void>
  readonly stop: () => Promise<ReadonlyArray<string>>
}

interface Entry {
  readonly name: string
  samples: number
}

/** A place in our tree or in a package, short enough for a line. */
const short = (url: string): string =>
  url.replace(/^file:\/\//, "").replace(/^.*\/node_modules\//, "").replace(`${process.cwd()}/`, "")

/** A profiler of this thread that samples every `everyUs` microseconds and names the `top` functions. */
export const profiler = (everyUs = 200, top = 40): Profile => {
  const session = new Session()
  return {
    start: async () => {
      session.connect()
      await session.post("Profiler.enable")
      await session.post("Profiler.setSamplingInterval", { interval: everyUs })
      await session.post("Profiler.start")
    },
    stop: async () => {
      const { profile } = await session.post("Profiler.stop")
      session.disconnect()
      const entries = new Map<string, Entry>()
      let total = 0
      for (const node of profile.nodes) {
        const at = node.callFrame
        const key = `${at.functionName || "(anonymous)"} ${short(at.url)}${
          at.lineNumber < 0 ? "" : `:${at.lineNumber + 1}`
        }`
        const entry = entries.get(key) ?? { name: key, samples: 0 }
        entry.samples += node.hitCount ?? 0
        total += node.hitCount ?? 0
        entries.set(key, entry)
      }
      return [...entries.values()].filter((entry) => entry.samples > 0).toSorted((a, b) => b.samples - a.samples)
        .slice(0, top)
        .map((entry) => `${(entry.samples / total * 100).toFixed(1).padStart(5)} %  ${entry.name.trimEnd()}`)
    }
  }
}
