// The list of systems, ours first. To add one: a file beside this one that exports a System, and its name here.
import { loadRival } from "../harness/loadRival.ts"
import { bare } from "./bare.ts"
import { dask } from "./dask.ts"
import { effectRpc } from "./effect-rpc.ts"
import { piscina } from "./piscina.ts"
import type { Pool, System } from "./System.ts"
import { tinypool } from "./tinypool.ts"
import { workerpool } from "./workerpool.ts"

/** Ours is loaded when it is opened, so that a process that measures the start of a rival does not load it. */
const poniard: System = {
  name: "poniard",
  settings: ["threads"],
  load: async () => (await import("./poniard.ts")).poniard.load()
}

/** All systems, ours first, then the floor, then rivals. */
export const systems: ReadonlyArray<System> = [poniard, bare, piscina, tinypool, workerpool, effectRpc, dask]

/** A pool with what it is called and how it is set, and the most that it gets to do. */
export interface Opened {
  readonly system: string
  readonly most: { readonly together: number; readonly inTurn: number }
  readonly setting: string
  readonly pool: Pool
}

/** One entry per setting (or for the one that is chosen) of each system that is named; rivals that are not installed are skipped with a note. */
export const open = async (
  names: ReadonlyArray<string>,
  threads: number,
  note: (text: string) => void,
  chosen: ReadonlyMap<string, string> = new Map()
): Promise<ReadonlyArray<Opened>> => {
  const opened: Array<Opened> = []
  for (const system of systems.filter((system) => names.includes(system.name))) {
    const start = await loadRival(system.name, system.load, note)
    if (start === undefined) continue
    const only = chosen.get(system.name)
    for (const setting of only === undefined ? system.settings : [only]) {
      const { most = { together: Infinity, inTurn: Infinity }, name } = system
      opened.push({ system: name, setting, most, pool: await start(setting, threads) })
    }
  }
  return opened
}

/** The names of all systems, for the command line. */
export const systemNames: ReadonlyArray<string> = systems.map((system) => system.name)
