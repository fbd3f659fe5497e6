// A small folder of everything that makes words hard to count, and the counts that the system's own tools come to.
import { execFileSync } from "node:child_process"
import { linkSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A new empty folder below the system's temporary one. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), "index-folder-test-"))

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

/** Text of `words` words, mostly short and often the same, with separators of every kind. */
export const randomText = (words: number, seed: number): string => {
  const random = randomFrom(seed)
  let text = ""
  for (let k = 0; k < words; k++) {
    const length = 1 + Math.floor(random() ** 3 * 12)
    for (let i = 0; i < length; i++) {
      text += String.fromCharCode((random() < 0.2 ? 65 : 97) + Math.floor(random() ** 2 * 26))
    }
    text += " \n\t.,;_-0123456789{}\r\0é"[Math.floor(random() * 23)]
  }
  return text
}

/** Makes a folder with random text, bytes that are no UTF-8, files without a last line feed, empty ones, odd names, links in a loop. */
export const makeFolder = (): string => {
  const root = newFolder()
  mkdirSync(join(root, "a/deep/er"), { recursive: true })
  mkdirSync(join(root, "b"))
  for (let k = 0; k < 12; k++) writeFileSync(join(root, `a/text-${k}.md`), randomText(200 + 40 * k, k))
  writeFileSync(join(root, "a/deep/er/no-feed.ts"), "const last = word")
  writeFileSync(join(root, "a/deep/er/then.ts"), "word starts here")
  writeFileSync(join(root, "b/empty.json"), "")
  writeFileSync(join(root, "b/bytes.txt"), Buffer.from(Array.from({ length: 2000 }, (_, k) => (k * 167) & 255)))
  writeFileSync(join(root, "b/long.map"), `short ${"Long".repeat(3000)} short ${"x".repeat(70_000)}`)
  writeFileSync(join(root, "b/not-counted.html"), "nobody counts this")
  writeFileSync(
    Buffer.concat([Buffer.from(`${root}/b/odd-`), Buffer.from([0xff, 0xe9]), Buffer.from(".js")]),
    "odd bytes in a name"
  )
  writeFileSync(join(root, "b/line\nfeed.js"), "a line feed in a name")
  writeFileSync(join(root, "b/ünï.cts"), "Ünïcode is ünïcode")
  symlinkSync("../..", join(root, "a/deep/up"))
  symlinkSync("text-1.md", join(root, "a/link.md"))
  symlinkSync("nowhere.md", join(root, "a/dangling.md"))
  linkSync(join(root, "a/text-2.md"), join(root, "a/hard.md"))
  execFileSync("mkfifo", [join(root, "b/pipe.txt")])
  return root
}

/** Words and counts by find, tr, sort and uniq, a line feed put after every file: "word count" lines in byte order. */
export const countedByTr = (root: string): ReadonlyArray<string> => {
  const names = ["js", "mjs", "cjs", "ts", "mts", "cts", "json", "md", "txt", "map"].map((end) => `-name '*.${end}'`)
  const script = `find . -type f \\( ${names.join(" -o ")} \\) -exec sh -c 'for f; do cat "$f"; echo; done' sh {} + `
    + `| tr -cs 'A-Za-z' '\\n' | tr 'A-Z' 'a-z' | sort | uniq -c | awk 'NF == 2 { print $2 " " $1 }'`
  const env = { ...process.env, LC_ALL: "C" }
  return execFileSync("sh", ["-c", script], { cwd: root, env, encoding: "latin1", maxBuffer: 2 ** 28 }).trim().split(
    "\n"
  )
}

/** The relative paths of files.txt, as bytes: what the line says, undone. */
export const pathsOf = (filesTxt: Buffer): ReadonlyArray<Buffer> =>
  filesTxt.toString("latin1").split("\n").slice(0, -1).map((line) =>
    Buffer.from(line.startsWith("\\") ? line.slice(1).replaceAll("\\n", "\n").replaceAll("\\\\", "\\") : line, "latin1")
  )
