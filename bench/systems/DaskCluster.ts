// Dask's distributed.LocalCluster in a Python process of its own (dask_cluster.py): one line of JSON there and one back
// for each request. Found on the machine or not at all: it is no dependency. Knows nothing of what is measured.
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import type { Socket } from "node:net"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

/** A Python with Dask loaded. `ask` sends a request and gives the answer's fields; one at a time. */
export interface DaskCluster {
  readonly version: string
  readonly ask: (request: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>
  readonly close: () => Promise<void>
}

type Python = ChildProcessByStdio<Socket, Socket, null>

/** The first python3 of the path, and Debian's own: another one before it need not have its packages. */
const pythons = ["python3", "/usr/bin/python3"]

const script = fileURLToPath(new URL("dask_cluster.py", import.meta.url))

/** An error as Node gives it for a package that is not there, so that the harness skips Dask with a note. */
const missing = (): Error =>
  Object.assign(new Error(`no "import distributed" in ${pythons.join(" or ")}`), { code: "ERR_MODULE_NOT_FOUND" })

/** A Python that has said that Dask is loaded, with the lines that it writes; undefined if it could not. */
const started = async (python: string): Promise<[Python, AsyncIterator<string>, string] | undefined> => {
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "ignore"] }) as Python
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  child.on("error", () => child.stdout.destroy())
  const first = await lines.next()
  if (first.done === true) return undefined
  const { version } = JSON.parse(first.value) as { readonly version: string }
  return [child, lines, version]
}

/** Whether this process stays for that one: only while it is asked. It ends by itself when its input does. */
const hold = (child: Python, held: boolean): void => {
  for (const handle of [child, child.stdin, child.stdout]) {
    if (held) handle.ref()
    else handle.unref()
  }
}

const clusterOf = (child: Python, lines: AsyncIterator<string>, version: string): DaskCluster => ({
  version,
  ask: async (request) => {
    hold(child, true)
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const line = await lines.next()
    hold(child, false)
    if (line.done === true) throw new Error(`dask ended while it was asked for ${String(request["ask"])}`)
    const answer = JSON.parse(line.value) as Readonly<Record<string, unknown>>
    if ("error" in answer) throw new Error(`dask: ${String(answer["error"])}`)
    return answer
  },
  close: async () => {
    hold(child, true)
    child.stdin.end()
    if (child.exitCode === null) await once(child, "exit")
  }
})

/** Loads Dask, without starting a cluster yet: that is the request `start`. Fails if it is not installed. */
export const loadDask = async (): Promise<DaskCluster> => {
  for (const python of pythons) {
    const found = await started(python)
    if (found === undefined) continue
    hold(found[0], false)
    return clusterOf(...found)
  }
  throw missing()
}

/** A cluster that is up, with so many processes of one thread each. */
export const startDask = async (dask: DaskCluster, processes: number): Promise<DaskCluster> => {
  await dask.ask({ ask: "start", processes })
  return dask
}
