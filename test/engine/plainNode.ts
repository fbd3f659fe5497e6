// Programs that tests run under plain Node, as a user's would be: in a process of their own, with nothing of vitest.
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

/** How a program ended. */
export interface Ran {
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

/** How a program is started. */
export interface Program {
  /** the file, relative to test/engine/plain, or an absolute one */
  readonly file?: string
  readonly args?: ReadonlyArray<string>
  /** arguments of Node itself */
  readonly node?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end; interruption kills it. */
export const runNode = ({ args = [], env = {}, file, node = [] }: Program): Effect.Effect<Ran> =>
  Effect.callback((resume) => {
    const path = file === undefined ? [] : [fileURLToPath(new URL(file, new URL("./plain/", import.meta.url)))]
    const { NODE_OPTIONS: _, VITEST: __, ...inherited } = process.env
    const child = spawn(process.execPath, [...node, ...path, ...args], {
      env: { ...inherited, ...env },
      cwd: fileURLToPath(new URL("./plain/", import.meta.url)),
      stdio: ["ignore", "pipe", "pipe"]
    })
    let out = ""
    let err = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text
    })
    child.on("close", (code, signal) => resume(Effect.succeed({ code, signal, out, err })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })
