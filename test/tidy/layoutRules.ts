// Rules of what lies where (DESIGN section 4): the top of the tree, the folders of src, and names that say nothing.
// Who may import whom is in importRules.ts.
import { isExportDeclaration, isImportDeclaration } from "typescript/unstable/ast"
import type { Rule } from "./House.ts"
import { partOf, sourcesOf } from "./House.ts"
import { mayImport } from "./importRules.ts"
import { lineOf } from "./Source.ts"

const files = "package.json package-lock.json tsconfig.json vitest.config.ts README.md LICENSE"
const made = "node_modules dist coverage" // and not committed
const allowedAtTop = new Set(`${files} src test bench examples ${made}`.split(" "))

const top: Rule = {
  name: "the top holds only what DESIGN names",
  *check(house) {
    for (const name of house.top) {
      if (allowedAtTop.has(name) || name.startsWith(".")) continue
      yield { file: name, line: 1, says: `does not belong at the top; there may be: ${[...allowedAtTop].join(", ")}` }
    }
  }
}

const parts: Rule = {
  name: "src has the folders that DESIGN names",
  *check(house) {
    const known = Object.keys(mayImport).filter((part) => part !== "")
    for (const { path } of sourcesOf(house)) {
      const part = partOf(path) ?? ""
      if (part === "" ? path === "src/index.ts" : known.includes(part)) continue
      yield { file: path, line: 1, says: `src holds index.ts and the folders ${known.join(", ")}` }
    }
  }
}

const index: Rule = {
  name: "src/index.ts only re-exports",
  *check(house) {
    const source = house.sources.get("src/index.ts")
    for (const statement of source?.tree.statements ?? []) {
      if (isImportDeclaration(statement) || isExportDeclaration(statement)) continue
      yield { file: source!.path, line: lineOf(source!.tree, statement), says: "index.ts re-exports, nothing else" }
    }
  }
}

const offered: Rule = {
  name: "what the package offers is there",
  *check(house) {
    if (!house.sources.has("src/index.ts")) return // a house being built
    for (const [condition, path] of house.exports) {
      if (house.sources.has(path)) continue
      yield { file: "package.json", line: 1, says: `exports names ${path} for ${condition}, which is not there` }
    }
  }
}

const empty = /^(utils?|commons?|helpers?|internals?|managers?|misc)$/i

const names: Rule = {
  name: "no name says nothing",
  *check(house) {
    for (const { path } of house.sources.values()) {
      const segment = path.split("/").find((part) => empty.test(part.split(".")[0]))
      if (segment !== undefined) {
        yield { file: path, line: 1, says: `${segment}: name the noun or the verb it is about` }
      }
    }
  }
}

/** The rules of this file. */
export const layoutRules: ReadonlyArray<Rule> = [top, parts, index, offered, names]
