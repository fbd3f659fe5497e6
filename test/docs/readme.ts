// The TypeScript of a Markdown page as files, and what its comments claim that they print.
// Not here: running them.

/** A block of a page that imports something: a file that a reader could write and start. */
export interface Block {
  /** From its first line, `// tasks.ts: ...`, or made up from its number. */
  readonly name: string
  readonly text: string
  /** The lines that it is to print, in this order: `// => value`, or a number after code. */
  readonly claims: ReadonlyArray<string>
}

const fence = /^```ts\n([^]*?)^```$/gm
const claim = /\S.*\/\/ (?:=> (.+)|(-?\d[\d_.]*))$/

/** The programs of a page, in their order. Two of one name are a mistake of the page's. */
export const blocksOf = (page: string): ReadonlyArray<Block> => {
  const blocks = Array.from(page.matchAll(fence), (match) => match[1])
    .filter((text) => /^import /m.test(text))
    .map((text, i): Block => ({
      name: /^\/\/ ([\w-]+\.ts)\b/.exec(text)?.[1] ?? `block${i + 1}.ts`,
      text,
      claims: text.split("\n").flatMap((line) => {
        const found = claim.exec(line)
        return found === null ? [] : [(found[1] ?? found[2]).trim()]
      })
    }))
  const names = blocks.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new Error(`two blocks of the page are called ${twice}`)
  return blocks
}

/** The first claim that an output does not keep, if there is one: claims are lines of it, in order. */
export const brokenClaim = (claims: ReadonlyArray<string>, output: string): string | undefined => {
  const lines = output.split("\n")
  let from = 0
  return claims.find((line) => {
    from = lines.indexOf(line, from) + 1
    return from === 0
  })
}
