// Starts a thread with the arguments of this process that are good for it.
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Worker, type WorkerOptions } from "node:worker_threads"

/** The first file of a thread. */
const fileOf = (name: string): URL =>
  new URL(`../worker/${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url)

const ownArguments = /^--(inspect|cpu-prof|heap-prof|test|watch|input-type)/
const programText = /^(-e|-p|-pe|--eval|--print)$/

/** The arguments of this process that its threads take over: loaders and conditions above all. */
export const inheritedArguments = (all: ReadonlyArray<string>): Array<string> =>
  all.filter((argument, i) =>
    !ownArguments.test(argument) && !programText.test(argument) && !programText.test(all[i - 1] ?? "")
  )

/** MiB of a thread's heap for young objects: V8 would take twice as much, which is most of what an idle thread holds. */
const YOUNG_MIB = 24

let inherited: Array<string> | undefined

/**
 * The environment of a thread: this process's, and Node's compile cache (in its usual folder), with which a thread starts
 * in a third of the time; NODE_DISABLE_COMPILE_CACHE=1 goes without it.
 */
const environment = (): NodeJS.ProcessEnv => {
  const { NODE_COMPILE_CACHE: chosen, NODE_DISABLE_COMPILE_CACHE: disabled } = process.env
  return disabled === "1"
    ? process.env
    : { ...process.env, NODE_COMPILE_CACHE: chosen ?? join(tmpdir(), "node-compile-cache") }
}

/**
 * Starts a thread of ours with more limits than those of its young objects. A Worker refuses arguments that are the whole
 * process's, as those for V8 are: it goes without them.
 */
export const newThread = (
  options: WorkerOptions,
  limits: NonNullable<WorkerOptions["resourceLimits"]>,
  first: "entry" | "sources" = "entry"
): Worker => {
  inherited ??= inheritedArguments(process.execArgv)
  const start = (): Worker =>
    new Worker(fileOf(first), {
      ...options,
      env: environment(),
      execArgv: [...inherited!, "--conditions=poniard-worker"],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB, ...limits }
    })
  try {
    return start()
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string }
    if (code !== "ERR_WORKER_INVALID_EXEC_ARGV") throw error
    inherited = inherited.filter((argument) => !message.includes(argument))
    return start()
  }
}
