// Whose a file or folder on disk is, said by its name: the machine, the process and when that began. So that a later
// process can tell a dead owner's leftovers from what is in use. Numbers of processes are used again, start times are not.
import * as Effect from "effect/Effect"
import { readFile } from "node:fs/promises"
import { hostname } from "node:os"
import * as process from "node:process"
import { crc32 } from "node:zlib"

/** A part of a name that stands for this process: `machine-pid-start`. */
export const ownName: Effect.Effect<string> = Effect.map(
  Effect.suspend(() => startOf("self")),
  (start) => `${machine()}-${process.pid}-${start ?? "0"}`
)

/** How such a part looks, for a regular expression: three groups. */
export const ownerPattern = "([0-9a-f]{8})-(\\d+)-(\\d+)"

/** Whether the process that a name's three groups stand for is gone. One of another machine is not known to be. */
export const isGone = Effect.fnUntraced(function*(host: string, pid: string, started: string) {
  return host === machine() && !(yield* isAlive(Number(pid), started))
})

const isAlive = Effect.fnUntraced(function*(pid: number, started: string) {
  if (started === "0" || process.platform !== "linux") return yield* answers(pid)
  return (yield* startOf(pid)) === started
})

/** When a process began, in clock ticks since the system's start; undefined if there is none, or only its corpse. */
const startOf = (pid: number | "self") =>
  Effect.match(Effect.tryPromise(() => readFile(`/proc/${pid}/stat`, "latin1")), {
    onFailure: () => undefined,
    onSuccess: (stat) => {
      // The second field, a name in parentheses, may hold spaces and parentheses (proc(5)).
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
      return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19]
    }
  })

/** Whether a process of that number exists; one that we may not signal does. */
const answers = (pid: number) =>
  Effect.match(Effect.try({ try: () => process.kill(pid, 0), catch: (cause) => cause }), {
    onFailure: (cause) => (cause as NodeJS.ErrnoException).code === "EPERM",
    onSuccess: () => true
  })

// Process ids mean something only on their own machine, and a folder may be shared between machines and containers.
const machine = () => crc32(hostname()).toString(16).padStart(8, "0")
