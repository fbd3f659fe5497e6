// Kills a job with checkpoints at random moments and starts it again until it ends (DESIGN section 7, "Last"). After each
// kill it looks which results have their files: their tasks may never run again, nor what only these need.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { generator } from "../chunk/generator.ts"
import { folder, linesOf } from "./files.ts"

/** A task of the job. */
export interface Planned {
  readonly id: number
  readonly inputs: ReadonlyArray<number>
  readonly isWanted: boolean
}

const LAYERS = 6
const WIDTH = 20

/** The job's graph from a seed: layers of tasks, each of which takes up to three of the layer before. */
export const layersOf = (seed: number): ReadonlyArray<Planned> => {
  const random = generator(seed)
  const below = (n: number): number => Math.floor(random() * n)
  return Array.from({ length: LAYERS * WIDTH }, (_, id) => {
    const layer = Math.floor(id / WIDTH)
    const before = Array.from({ length: 1 + below(3) }, () => (layer - 1) * WIDTH + below(WIDTH))
    return { id, inputs: layer === 0 ? [] : before, isWanted: layer === LAYERS - 1 }
  })
}

/** The sums that the job prints. */
const expected = (graph: ReadonlyArray<Planned>): ReadonlyArray<number> => {
  const values: Array<Float64Array> = []
  for (const { id, inputs } of graph) {
    const made = inputs.length === 0
      ? new Float64Array(1000 + 500 * (id % 9)).fill(id)
      : new Float64Array(Math.max(...inputs.map((input) => values[input].length)))
    for (const input of inputs) values[input].forEach((value, i) => made[i] += value)
    values.push(made)
  }
  return graph.filter(({ isWanted }) => isWanted).map(({ id }) => values[id].reduce((a, b) => a + b, 0))
}

/** The tasks whose results are there. */
const saved = (directory: string): ReadonlyArray<string> =>
  !existsSync(directory) ?
    [] :
    readdirSync(directory).filter((name) => /^[0-9a-f]{64}$/.test(name)).map((name) =>
      /"task":"(t\d+)"/.exec(readFileSync(join(directory, name), "latin1").slice(0, 200))![1]
    )

/** Those that need not run: nobody wants their results, or these are there. */
const needless = (graph: ReadonlyArray<Planned>, there: ReadonlySet<string>): ReadonlySet<string> => {
  const needed = new Set<number>()
  for (const { id, inputs, isWanted } of [...graph].reverse()) {
    if ((!isWanted && !needed.has(id)) || there.has(`t${id}`)) needed.delete(id)
    else {
      needed.add(id)
      for (const input of inputs) needed.add(input)
    }
  }
  return new Set(graph.map(({ id }) => id).filter((id) => !needed.has(id)).map((id) => `t${id}`))
}

const program = fileURLToPath(new URL("./plain/resume.ts", import.meta.url))

/** Runs the job; kills it when its log has so many lines, if it gets there. Gives what it printed, or undefined. */
const runUntil = (args: ReadonlyArray<string>, log: string, lines: number): Effect.Effect<string | undefined> =>
  Effect.callback((resume) => {
    const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "inherit"] })
    let out = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text
    })
    const timer = setInterval(() => {
      if (linesOf(log).length >= lines) child.kill("SIGKILL")
    }, 1)
    child.on("close", (code) => {
      clearInterval(timer)
      resume(Effect.succeed(code === 0 ? out : undefined))
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** Kills a job `kills` times, if it lasts that long, and lets it end. Returns how often it was killed. */
export const resumes = Effect.fnUntraced(function*(seed: number, kills: number) {
  const path = yield* folder
  const [directory, log] = [join(path, "checkpoints"), join(path, "log")]
  const graph = layersOf(seed)
  const random = generator(seed + 1000)
  const args = [directory, log, String(seed)]
  let killed = 0
  for (let done: string | undefined; done === undefined;) {
    const there = new Set(saved(directory))
    const idle = needless(graph, there)
    writeFileSync(log, "")
    done = yield* runUntil(args, log, killed < kills ? 1 + Math.floor(random() * 25) : Infinity)
    for (const name of linesOf(log)) {
      assert.isFalse(there.has(name), `seed ${seed}: ${name} ran again, its file was there`)
      assert.isFalse(idle.has(name), `seed ${seed}: ${name} ran, nobody needed it`)
    }
    if (done === undefined) killed++
    else assert.deepStrictEqual(JSON.parse(done), expected(graph))
  }
  assert.deepStrictEqual(readdirSync(directory).filter((name) => name.endsWith(".tmp")), [])
  assert.includeMembers(
    saved(directory) as Array<string>,
    graph.filter((one) => one.isWanted).map(({ id }) => `t${id}`)
  )
  return killed
})
