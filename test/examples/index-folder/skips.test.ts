// What the whole program leaves out: it goes on without what it cannot read, says which and why on standard error, and
// fails only if nothing is left.
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"
import { newFolder } from "./folder.ts"

const program = fileURLToPath(new URL("../../../examples/index-folder.ts", import.meta.url))
const scratch = newFolder()
const some = join(scratch, "some")
const none = join(scratch, "none")
const large = join(scratch, "large")
const spills = join(scratch, "spills")
for (const folder of [some, none, large, spills]) mkdirSync(folder)
for (const folder of [some, none]) {
  mkdirSync(join(folder, "closed"))
  for (const name of ["secret.txt", "closed/hidden.txt"]) writeFileSync(join(folder, name), "hidden words")
  chmodSync(join(folder, "secret.txt"), 0)
  chmodSync(join(folder, "closed"), 0)
}
writeFileSync(join(some, "open.txt"), "open words")
for (const folder of [scratch, spills]) chmodSync(folder, 0o777)
afterAll(() => {
  for (const folder of [some, none]) chmodSync(join(folder, "closed"), 0o700)
  rmSync(scratch, { recursive: true })
})

// root may read everything: the program runs as nobody then
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

const runAs = (user: { readonly uid?: number; readonly gid?: number }, ...flags: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [program, "--threads", "1", ...flags], {
    encoding: "utf8",
    env: { ...process.env, PONIARD_SPILL_DIR: spills, TMPDIR: spills, NO_COLOR: "1" },
    timeout: 60_000,
    ...user
  })

// nobody may be kept from Node or from this repository, by the folder they lie in, and a system without users has no
// files that cannot be read
const cannot = process.getuid === undefined || runAs(nobody, "--version").status !== 0

/** A file of just over 4 GiB that takes no room; false where the disk has no such files. */
const makeLarge = (path: string): boolean => {
  writeFileSync(path, "first words")
  try {
    truncateSync(path, 2 ** 32 + 1)
    return true
  } catch {
    return false
  }
}
const madeLarge = makeLarge(join(large, "large.txt"))

describe("npm start leaves out", { timeout: 60_000 }, () => {
  it.skipIf(cannot)("what may not be read, and says so", () => {
    const { status, stderr, stdout } = runAs(nobody, "--folder", some, "--json")
    assert.strictEqual(status, 0, stderr)
    const { files, top } = JSON.parse(stdout)
    assert.deepStrictEqual([files, top], [1, [["open", 1], ["words", 1]]])
    const lines = stderr.trim().split("\n").sort()
    assert.strictEqual(lines.length, 2, stderr)
    assert.match(lines[0], /^skipped closed: EACCES: permission denied, scandir /)
    assert.match(lines[1], /^skipped secret\.txt: EACCES: permission denied, (access|open) /)
  })

  it.skipIf(cannot)("not everything: if nothing can be read it fails, with the reason", () => {
    const { status, stderr, stdout } = runAs(nobody, "--folder", none, "--json")
    assert.deepStrictEqual([status, stdout], [1, ""])
    assert.match(stderr, /Nothing to index below .*none": .*EACCES: permission denied/)
    assert.notMatch(stderr, /^\s+at /m)
  })

  it.skipIf(!madeLarge)("a file of more than 4 GiB, without reading it", () => {
    const alone = runAs({}, "--folder", large, "--json")
    assert.strictEqual(alone.status, 1)
    assert.match(alone.stderr, /Nothing to index below .*large\.txt \(it is larger than 4 GiB\)/)
    writeFileSync(join(large, "small.txt"), "small words")
    const began = performance.now()
    const { status, stderr, stdout } = runAs({}, "--folder", large, "--json")
    assert.isBelow(performance.now() - began, 5000)
    assert.deepStrictEqual([status, stderr], [0, "skipped large.txt: it is larger than 4 GiB\n"])
    const { bytes, files, words } = JSON.parse(stdout)
    assert.deepStrictEqual([bytes, files, words], [11, 1, 2])
  })
})
