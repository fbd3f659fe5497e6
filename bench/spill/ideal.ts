// What spilling costs at least: `node bench/spill/ideal.ts BYTES BLOCK PASSES` writes so many bytes in blocks to a new
// file where spilled chunks go, reads them back so many times, without fsync, and prints the seconds as JSON.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const [bytes, blockBytes, passes] = process.argv.slice(2).map(Number)
const folder = mkdtempSync(join(process.env["PONIARD_SPILL_DIR"] ?? tmpdir(), "poniard-ideal-"))
const block = new Uint8Array(blockBytes)
for (let i = 0; i < block.length; i++) block[i] = Math.imul(i, 0x9e3779b1) >>> 24

/** Moves every block once, the last one shorter, by `move`. */
const each = (move: (length: number, at: number) => number): void => {
  for (let at = 0; at < bytes;) at += move(Math.min(blockBytes, bytes - at), at)
}

const started = performance.now()
const file = openSync(join(folder, "ideal"), "w+")
each((length, at) => writeSync(file, block, 0, length, at))
for (let pass = 0; pass < passes; pass++) each((length, at) => readSync(file, block, 0, length, at))
closeSync(file)
const seconds = (performance.now() - started) / 1000
rmSync(folder, { recursive: true })
console.log(JSON.stringify({ seconds }))
