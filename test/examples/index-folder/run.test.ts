// The whole program as a newcomer starts it: a process of its own, real threads, real files, real signals.
import { assert, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"
import { countedByTr, makeFolder, newFolder, pathsOf, randomText } from "./folder.ts"

const top = fileURLToPath(new URL("../../../", import.meta.url))
const program = join(top, "examples/index-folder.ts")
const scratch = newFolder()
const spills = join(scratch, "spills")
mkdirSync(spills)
const root = makeFolder()
afterAll(() => [root, scratch].forEach((folder) => rmSync(folder, { recursive: true })))

const env = { ...process.env, PONIARD_SPILL_DIR: spills, NO_COLOR: "1" }

/** Runs the program to its end. */
const run = (...flags: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [program, ...flags], { encoding: "utf8", env, timeout: 60_000 })

const fields = [
  "files",
  "bytes",
  "words",
  "distinct",
  "top",
  "seconds",
  "threads",
  "budgetBytes",
  "peakStoreBytes",
  "spilledBytes",
  "peakRssBytes",
  "tasks"
]

const bigFolder = join(scratch, "big")
mkdirSync(bigFolder)
const text = randomText(200_000, 7)
for (let k = 0; k < 8; k++) writeFileSync(join(bigFolder, `${k}.txt`), text)

describe("npm start", { timeout: 60_000 }, () => {
  it("prints one JSON object with exactly its fields, agreeing with tr, sort and uniq", () => {
    const { status, stderr, stdout } = run("--folder", root, "--json", "--threads", "2", "--top", "5")
    assert.strictEqual(status, 0, stderr)
    assert.strictEqual(stdout.trim().split("\n").length, 1)
    const result = JSON.parse(stdout)
    assert.deepStrictEqual(Object.keys(result), fields)
    const counted = countedByTr(root).map((line) => line.split(" ")).map(([word, count]) =>
      [word, Number(count)] as const
    )
    assert.strictEqual(result.distinct, counted.length)
    assert.strictEqual(result.words, counted.reduce((sum, [, count]) => sum + count, 0))
    assert.deepStrictEqual(result.top, counted.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 5))
    assert.strictEqual(result.budgetBytes, 24 * 2 ** 20)
    assert.strictEqual(result.threads, 2)
    assert.isAbove(result.peakStoreBytes, 0)
  })

  it("writes the same index with one thread and little memory as with two and much", () => {
    const one = join(scratch, "one")
    const two = join(scratch, "deep/er/two")
    const small = run("--folder", bigFolder, "--out", one, "--json", "--threads", "1", "--memory", "4MiB")
    const large = run("--folder", bigFolder, "--out", two, "--json", "--threads", "2", "--memory", "64 MiB")
    assert.strictEqual(small.status, 0, small.stderr)
    assert.strictEqual(large.status, 0, large.stderr)
    assert.isAbove(JSON.parse(small.stdout).spilledBytes, 0)
    assert.deepStrictEqual(readdirSync(one), ["files.txt", "postings.bin", "words.txt"])
    for (const name of readdirSync(one)) {
      assert.isTrue(readFileSync(join(one, name)).equals(readFileSync(join(two, name))), name)
    }
    const words = readFileSync(join(one, "words.txt"), "latin1").trim().split("\n").map((line) => line.split("\t"))
    assert.deepStrictEqual(words.map(([word, count]) => `${word} ${count}`), countedByTr(bigFolder))
    assert.deepStrictEqual(readdirSync(spills), [])
  })

  it("numbers the files by their lines in files.txt, names of any bytes included", () => {
    const out = join(scratch, "names")
    const { status, stderr } = run("--folder", root, "--out", out)
    assert.strictEqual(status, 0, stderr)
    const paths = pathsOf(readFileSync(join(out, "files.txt")))
    assert.isTrue(paths.every((path, k) => k === 0 || Buffer.compare(paths[k - 1], path) < 0))
    assert.isTrue(paths.every((path) => existsSync(Buffer.concat([Buffer.from(`${root}/`), path]))))
    const postings = readFileSync(join(out, "postings.bin"))
    const fed = readFileSync(join(out, "words.txt"), "latin1").split("\n").map((line) => line.split("\t")).find((
      [word]
    ) => word === "feed")
    assert.strictEqual(paths[postings.readUInt32LE(Number(fed?.[2]))].toString(), "b/line\nfeed.js")
  })

  it("prints the count and the first places of a word as path:line with the line's text", () => {
    const { status, stdout } = run("--folder", root, "--query", "WORD")
    assert.strictEqual(status, 0)
    assert.include(
      stdout,
      `"word" occurs 2 times:\n${root}/a/deep/er/no-feed.ts:1: const last = word\n${root}/a/deep/er/then.ts:1: word starts here`
    )
    assert.include(run("--folder", root, "--query", "absent").stdout, `"absent" occurs 0 times.`)
  })
})

describe("npm start refuses with a clear error and exit code 1", { timeout: 60_000 }, () => {
  const empty = join(scratch, "empty")
  mkdirSync(empty)
  for (
    const [what, flags, message] of [
      ["a missing folder", ["--folder", "/nowhere"], /Cannot index "\/nowhere": ENOENT/],
      ["an empty folder", ["--folder", empty], /Nothing to index below/],
      ["an unknown flag", ["--thread", "2"], /Unrecognized flag: --thread/],
      ["no threads", ["--threads", "0"], /--threads: "0"\. Expected: a whole number from 1 to 256/],
      ["a size that is none", ["--memory", "lots"], /--memory.*a size such as 24MiB/],
      ["a query of two words", ["--query", "two words"], /--query.*a word of the letters A-Z/],
      ["a file in the place of --out", ["--folder", root, "--out", program], /Cannot write the index to .*EEXIST/]
    ] as const
  ) {
    it(what, () => {
      const { status, stderr } = run(...flags)
      assert.strictEqual(status, 1)
      assert.match(stderr, message)
      assert.notMatch(stderr, /^\s+at /m)
    })
  }

  it("a disk that is full under --out, and leaves nothing there", () => {
    // a limit on the size of files fails a write as a full disk does
    const out = join(scratch, "full")
    const script = `trap '' XFSZ; ulimit -f 200; exec "$0" "$@"`
    const flags = ["--folder", bigFolder, "--out", out, "--memory", "256MiB"]
    const { status, stderr } = spawnSync("bash", ["-c", script, process.execPath, program, ...flags], {
      encoding: "utf8",
      env
    })
    assert.strictEqual(status, 1)
    assert.match(stderr, /There is no room for the index in .*full" \(EFBIG\)/)
    assert.isFalse(existsSync(out))
  })
})

/** The processes of a group, from /proc; undefined where there is none. */
const processesOf = (group: number): ReadonlyArray<string> | undefined =>
  existsSync("/proc/self/stat")
    ? readdirSync("/proc").filter((name) => /^\d+$/.test(name) && groupOf(name) === group)
    : undefined

const groupOf = (process: string): number | undefined => {
  try {
    // after the name, which may hold anything: state, parent, group
    const stat = readFileSync(`/proc/${process}/stat`, "latin1")
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2])
  } catch {
    return undefined
  }
}

describe("Ctrl-C", { timeout: 60_000 }, () => {
  /** Interrupts the program as soon as there is something in `where`; gives its exit code, the ms it took and its pid. */
  const interrupt = async (where: string, out: string) => {
    const watcher = watch(where)
    const flags = ["--folder", "node_modules", "--out", out, "--memory", "4MiB"]
    const child = spawn(process.execPath, [program, ...flags], { cwd: top, env, stdio: "ignore", detached: true })
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve))
    await new Promise<void>((resolve) => watcher.once("change", () => resolve()))
    watcher.close()
    const pid = child.pid!
    const before = processesOf(pid)
    const asked = performance.now()
    // to all that it has started, as a terminal does
    process.kill(-pid, "SIGINT")
    const code = await ended
    return { code, took: performance.now() - asked, before, pid }
  }

  for (const [when, where] of [["it begins", scratch], ["data is being spilled", spills]] as const) {
    it(`as ${when} stops within a second with exit code 130 and leaves no process and no temporary file behind`, async () => {
      const out = join(scratch, "interrupted")
      const { before, code, pid, took } = await interrupt(where, out)
      assert.strictEqual(code, 130)
      assert.isBelow(took, 1000)
      assert.throws(() => process.kill(-pid, 0), /ESRCH/)
      if (before !== undefined) assert.deepStrictEqual([before, processesOf(pid)], [[String(pid)], []])
      assert.isFalse(existsSync(out))
      assert.deepStrictEqual(readdirSync(spills), [])
    })
  }
})
