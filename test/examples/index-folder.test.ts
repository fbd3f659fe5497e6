// The parts of the example, called directly: blocks, the shuffle, merging and writing give the same index however the
// work is cut, and the index agrees with find, tr, sort and uniq. `index-folder/run.test.ts` runs the whole program.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { mkdirSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Task } from "poniard"
import { afterAll } from "vitest"
import type { Alloc } from "../../examples/index-folder/Block.ts"
import { cite, hashOf, joinPlaces, placesOf } from "../../examples/index-folder/find.ts"
import { listFolder, showPath } from "../../examples/index-folder/list.ts"
import type { Listing } from "../../examples/index-folder/list.ts"
import { merge } from "../../examples/index-folder/merge.ts"
import { mergeLines } from "../../examples/index-folder/mergeLines.ts"
import { addCounts, place } from "../../examples/index-folder/place.ts"
import { cutFor, cutIntoSpans, inGroups } from "../../examples/index-folder/plan.ts"
import { readBlock } from "../../examples/index-folder/readBlock.ts"
import { sample } from "../../examples/index-folder/sample.ts"
import { partitionOf, tokenise } from "../../examples/index-folder/tokenise.ts"
import { joinTops, topOf } from "../../examples/index-folder/top.ts"
import { writePostings, writeWords } from "../../examples/index-folder/write.ts"
import { countedByTr, makeFolder, newFolder } from "./index-folder/folder.ts"

const alloc: Alloc = Task.alloc
const root = makeFolder()
const counted = countedByTr(root)
const made = [root]
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true })))

interface Ways {
  readonly blockBytes: number
  readonly groups: number
  readonly partitions: number
}

/** The job as `describe` puts it together, one task after the other on this thread. */
const run = (listing: Listing, ways: Ways, word = "word") => {
  const into = newFolder()
  made.push(into)
  const read = cutIntoSpans(listing.paths, listing.sizes, ways.blockBytes).map((span) =>
    readBlock(listing.root, span, alloc)
  )
  const blocks = read.map(([block]) => tokenise(block, ways.partitions, alloc))
  const counts = addCounts(blocks.map((block) => block[ways.partitions]))
  const file = join(into, "postings.bin")
  writeFileSync(file, "")
  const partitions = Array.from({ length: ways.partitions }, (_, p) => {
    const groups = inGroups(blocks.map((block) => block[p]), ways.groups).map((some) => merge(some, alloc))
    const [lexicon, ...starts] = place(groups.map((group) => group[0]), alloc)
    groups.forEach((group, g) => writePostings(group[0], group[1], starts[g], counts, p, file))
    return { groups, lines: writeWords(lexicon, counts, p, join(into, `words-${p}`)), top: topOf(lexicon, 20) }
  })
  const words = mergeLines(partitions.map((one) => one.lines), join(into, "words.txt"))
  const asked = partitions[partitionOf(hashOf(word), ways.partitions)].groups
  return {
    readings: read.map(([, reading]) => reading),
    words: readFileSync(words, "latin1"),
    postings: readFileSync(file),
    top: joinTops(partitions.map((one) => one.top), 20),
    places: joinPlaces(asked.map((group) => placesOf(word, 10, group[0], group[1])), 10)
  }
}

const lines = (text: string) => text.split("\n").slice(0, -1).map((line) => line.split("\t"))

const inFolder = (files: Record<string, string | Buffer>): string => {
  const folder = newFolder()
  made.push(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const whole: Ways = { blockBytes: 2 ** 20, groups: 1, partitions: 1 }

describe("an index of a folder", () => {
  it.effect("lists every regular file by its extension in byte order, follows no link and opens no pipe", () =>
    Effect.gen(function*() {
      const listing = yield* listFolder(root)
      assert.deepStrictEqual(listing.skipped, [])
      assert.deepStrictEqual(
        [...listing.paths].sort((a, b) => Buffer.compare(Buffer.from(a, "latin1"), Buffer.from(b, "latin1"))),
        listing.paths
      )
      assert.deepStrictEqual(listing.paths.filter((path) => path.startsWith("b/")), [
        "b/bytes.txt",
        "b/empty.json",
        "b/line\nfeed.js",
        "b/long.map",
        "b/odd-\xff\xe9.js",
        Buffer.from("b/ünï.cts").toString("latin1")
      ])
      assert.include(listing.paths, "a/hard.md")
      assert.strictEqual(listing.paths.length, 12 + 1 + 2 + 6)
    }))

  it.effect("agrees with tr, sort and uniq on every word and its count", () =>
    Effect.gen(function*() {
      const index = run(yield* listFolder(root), whole)
      assert.deepStrictEqual(lines(index.words).map(([word, count]) => `${word} ${count}`), counted)
      assert.strictEqual(index.top.distinct, counted.length)
      assert.strictEqual(8 * index.top.words, index.postings.length)
    }))

  it.effect("points with every posting at its word, in ascending order, and with every word's offset at its first posting", () =>
    Effect.gen(function*() {
      const listing = yield* listFolder(root)
      const index = run(listing, { blockBytes: 1000, groups: 2, partitions: 4 })
      const files = listing.paths.map((path) =>
        readFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, "latin1")])).toString("latin1")
      )
      let postings = 0
      for (const [word, count, offset] of lines(index.words)) {
        let before = -1
        for (let k = 0; k < Number(count); k++, postings++) {
          const file = index.postings.readUInt32LE(Number(offset) + 8 * k)
          const at = index.postings.readUInt32LE(Number(offset) + 8 * k + 4)
          assert.isAbove(file * 2 ** 32 + at, before)
          before = file * 2 ** 32 + at
          const text = files[file]
          assert.strictEqual(text.slice(at, at + word.length).toLowerCase(), word)
          assert.notMatch(text.charAt(at - 1) + text.charAt(at + word.length), /[A-Za-z]/)
        }
      }
      assert.strictEqual(8 * postings, index.postings.length)
    }))

  it.effect("is the same byte for byte however it is cut into blocks, groups and partitions", () =>
    Effect.gen(function*() {
      const listing = yield* listFolder(root)
      const { readings: _, ...expected } = run(listing, whole)
      for (
        const ways of [
          { blockBytes: 61, groups: 3, partitions: 2 },
          { blockBytes: 700, groups: 1, partitions: 8 },
          { blockBytes: 4096, groups: 5, partitions: 64 },
          { blockBytes: 5000, groups: 1, partitions: 16 }
        ]
      ) {
        const { readings, ...index } = run(listing, ways)
        assert.isTrue(index.postings.equals(expected.postings), JSON.stringify(ways))
        assert.deepStrictEqual(index, expected)
        assert.strictEqual(readings.reduce((sum, one) => sum + one.bytes, 0), listing.bytes)
        assert.strictEqual(readings.reduce((sum, one) => sum + one.files, 0), listing.paths.length)
      }
    }))

  it.effect("counts a word across blocks once, where a block is a byte or two", () =>
    Effect.gen(function*() {
      const folder = inFolder({ "a.txt": "ab, abc", "b.txt": "", "c.txt": "abc\n\n", "d.txt": "d" })
      const listing = yield* listFolder(folder)
      const { readings: _, ...expected } = run(listing, whole)
      assert.deepStrictEqual(lines(expected.words).map(([word, count]) => `${word} ${count}`), ["ab 1", "abc 2", "d 1"])
      for (const blockBytes of [1, 2, 3, 5]) {
        const { readings, ...index } = run(listing, { blockBytes, groups: 2, partitions: 4 })
        assert.isTrue(index.postings.equals(expected.postings))
        assert.deepStrictEqual(index, expected)
        assert.strictEqual(readings.reduce((sum, one) => sum + one.bytes, 0), 13)
      }
    }))

  it.effect("counts a word of three megabytes once, in blocks of 64 KiB", () =>
    Effect.gen(function*() {
      const folder = inFolder({ "a.txt": `x ${"y".repeat(3_000_000)} x`, "b.txt": "y" })
      const index = run(yield* listFolder(folder), { blockBytes: 65536, groups: 2, partitions: 2 })
      assert.deepStrictEqual(lines(index.words).map(([word, count]) => [word.length, count]), [[1, "2"], [1, "1"], [
        3_000_000,
        "1"
      ]])
      assert.strictEqual(index.top.words, 4)
    }))

  it.effect("gives the most frequent words, equally frequent ones in byte order", () =>
    Effect.gen(function*() {
      const top = counted.map((line) => line.split(" ")).map(([word, count]) => [word, Number(count)] as const)
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 20)
      assert.deepStrictEqual(run(yield* listFolder(root), { blockBytes: 3000, groups: 2, partitions: 32 }).top.top, top)
    }))

  it.effect("cites the line of each place of a word", () =>
    Effect.gen(function*() {
      const folder = inFolder({
        "a.md": `none\nthe Word here\n\n${"z".repeat(300)} word ${"z".repeat(300)}\nword`,
        "b.md": "no\nword"
      })
      const listing = yield* listFolder(folder)
      const { places } = run(listing, { blockBytes: 16, groups: 2, partitions: 4 })
      assert.deepStrictEqual(places, { count: 4, places: [[0, 9], [0, 321], [0, 627], [1, 3]] })
      const cited = cite(folder, "a.md", [9, 321, 627])
      assert.deepStrictEqual(cited.map((one) => one.line), [2, 4, 5])
      assert.strictEqual(cited[0].text, "the Word here")
      assert.match(cited[1].text, /^…z+ word z+…$/)
      assert.strictEqual(cited[2].text, "word")
    }))
})

describe("a file that cannot be read as it was listed", () => {
  it.effect("is a named skip if it is gone, and its number is not given to another", () =>
    Effect.gen(function*() {
      const folder = inFolder({ "a.txt": "one two", "b.txt": "gone", "c.txt": "three" })
      const listing = yield* listFolder(folder)
      unlinkSync(join(folder, "b.txt"))
      const index = run(listing, whole, "three")
      assert.deepStrictEqual(lines(index.words).map(([word]) => word), ["one", "three", "two"])
      assert.deepStrictEqual(index.places.places, [[2, 0]])
      assert.strictEqual(index.readings[0].files, 2)
      assert.deepStrictEqual(index.readings[0].skipped.map((skip) => skip.path), ["b.txt"])
      assert.match(index.readings[0].skipped[0].reason, /ENOENT/)
    }))

  it.effect("is a named skip if it has become shorter, or a folder", () =>
    Effect.gen(function*() {
      const folder = inFolder({ "a.txt": "one two three", "b.txt": "four" })
      const listing = yield* listFolder(folder)
      truncateSync(join(folder, "a.txt"), 5)
      unlinkSync(join(folder, "b.txt"))
      mkdirSync(join(folder, "b.txt"))
      const index = run(listing, whole)
      assert.deepStrictEqual(lines(index.words).map(([word]) => word), ["one", "t"])
      assert.deepStrictEqual(index.readings[0].skipped.map((skip) => skip.path), ["a.txt", "b.txt"])
    }))
})

describe("listing a folder", () => {
  for (
    const [what, folder, reason] of [
      ["that is missing", "/nowhere/at/all", /ENOENT/],
      ["that is a file", join(root, "b/bytes.txt"), /not a folder/],
      ["that holds nothing that counts", inFolder({ "a.html": "" }), /no regular file ends in/]
    ] as const
  ) {
    it.effect(`${what} fails with the reason and the folder's name`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(listFolder(folder))
        assert.strictEqual(error._tag, "FolderUnusable")
        assert.match(error.message, reason)
        assert.include(error.message, folder)
      }))
  }
  it("shows a path as UTF-8", () => assert.strictEqual(showPath("b/\xc3\xbc.md"), "b/ü.md"))
})

describe("cutting the work", () => {
  it("puts every byte of every file into exactly one block, and every file into one at least", () => {
    const sizes = [0, 5, 10, 0, 23, 1, 0]
    const paths = sizes.map((_, k) => `${k}`)
    for (const blockBytes of [1, 3, 5, 10, 39, 100]) {
      const bytes = sizes.map(() => 0)
      const begun = sizes.map(() => 0)
      for (const span of cutIntoSpans(paths, sizes, blockBytes)) {
        const names = span.paths.split("\0")
        let total = 0
        names.forEach((name, k) => {
          assert.strictEqual(name, `${span.first + k}`)
          const from = k === 0 ? span.from : 0
          const length = (k === names.length - 1 ? span.to : span.sizes[k]) - from
          if (from === 0) begun[span.first + k]++
          bytes[span.first + k] += length
          total += length
        })
        assert.isAtMost(total, blockBytes)
      }
      assert.deepStrictEqual(bytes, sizes)
      assert.deepStrictEqual(begun, sizes.map(() => 1))
    }
  })

  it("chooses groups and partitions so that what all threads merge, input and output, takes a quarter of the budget", () => {
    for (const hottest of [0.001, 0.05, 1]) {
      for (const threads of [1, 2, 16]) {
        const facts = { bytes: 1e9, density: 0.125, hottest, threads, budget: 24 * 2 ** 20 }
        const { groups, partitions } = cutFor(facts)
        const postings = 8 * facts.density * facts.bytes
        assert.isAtMost(2 * threads * hottest * postings / groups, facts.budget / 4)
        assert.isAtMost(2 * threads * postings / groups / partitions, facts.budget / 4)
        assert.strictEqual(Math.log2(partitions) % 1, 0)
      }
    }
  })

  it.effect("samples how dense the words are and how frequent the most frequent one is", () =>
    Effect.gen(function*() {
      const folder = inFolder({ "a.txt": "a b ".repeat(100_000), "b.txt": "abc ".repeat(100_000) })
      const { density, hottest } = sample(yield* listFolder(folder))
      assert.closeTo(density, 3 / 8, 0.02)
      assert.closeTo(hottest, 1 / 3, 0.02)
    }))
})
