// Rules of how a file looks (DESIGN section 4): its size, its comments, and words that have no place in src.
// What dprint and oxlint see is theirs; here is only what they cannot be told.
import type { FunctionLikeDeclaration, Node, Statement } from "typescript/unstable/ast"
import {
  isAsExpression,
  isExportAssignment,
  isExportDeclaration,
  isFunctionLikeDeclaration,
  isIdentifier,
  isNamedExports,
  isNewExpression,
  isPropertyAccessExpression,
  isTryStatement,
  isTypeAssertion,
  isVariableStatement,
  SyntaxKind
} from "typescript/unstable/ast"
import type { Complaint, Rule } from "./House.ts"
import { sourcesOf } from "./House.ts"
import { isPure } from "./importRules.ts"
import type { Source } from "./Source.ts"
import { lineAt, lineOf, walk } from "./Source.ts"

const mostLinesOfFile = 300
const mostLinesOfFunction = 60

const at = (source: Source, node: Node, says: string): Complaint => ({
  file: source.path,
  line: lineOf(source.tree, node),
  says
})

const fileSize: Rule = {
  name: "a file has 300 lines at most",
  *check({ sources }) {
    for (const { path, text } of sources.values()) {
      const lines = text.replace(/\n$/, "").split("\n").length
      if (lines > mostLinesOfFile) yield { file: path, line: mostLinesOfFile + 1, says: `${lines} lines: split it` }
    }
  }
}

const functionSize: Rule = {
  name: "a function has 60 lines at most",
  *check({ sources }) {
    for (const source of [...sources.values()].filter(({ path }) => !path.startsWith("test/"))) {
      for (const node of functionsOf(source)) {
        const lines = lineAt(source.tree, node.end) - lineOf(source.tree, node) + 1
        if (lines > mostLinesOfFunction) yield at(source, node, `a function of ${lines} lines: take it apart`)
      }
    }
  }
}

const functionsOf = (source: Source): Array<FunctionLikeDeclaration> => {
  const found: Array<FunctionLikeDeclaration> = []
  walk(source.tree, (node) => {
    if (isFunctionLikeDeclaration(node)) found.push(node)
  })
  return found
}

const opening: Rule = {
  name: "a file opens with a comment",
  *check({ sources }) {
    for (const { path, text } of sources.values()) {
      if (/^(#!.*\n)?\s*(\/\/|\/\*)/.test(text)) continue
      yield { file: path, line: 1, says: "say in 2-5 lines what the file is for and what it is not for" }
    }
  }
}

const documented: Rule = {
  name: "every export of src has a doc comment",
  *check(house) {
    for (const source of sourcesOf(house)) {
      const inPlace = new Map<string, { readonly statement: Statement; documented: boolean }>()
      const local = new Map<string, boolean>()
      for (const statement of source.tree.statements) {
        const has = hasDoc(source, statement)
        for (const name of namesOf(source, statement)) {
          local.set(name, has || local.get(name) === true)
          if (!isExported(statement)) continue
          const before = inPlace.get(name)
          if (before === undefined) inPlace.set(name, { statement, documented: has })
          else before.documented ||= has // an overload, or a type and a value of one name: one comment will do
        }
      }
      for (const [name, { documented, statement }] of inPlace) {
        if (!documented) yield at(source, statement, `${name} is exported and has no doc comment`)
      }
      yield* undocumentedLists(source, local)
    }
  }
}

function* undocumentedLists(source: Source, local: ReadonlyMap<string, boolean>): Iterable<Complaint> {
  for (const statement of source.tree.statements) {
    if (!isExportDeclaration(statement) || statement.moduleSpecifier !== undefined) continue
    if (statement.exportClause === undefined || !isNamedExports(statement.exportClause)) continue
    for (const element of statement.exportClause.elements) {
      const name = (element.propertyName ?? element.name).getText(source.tree)
      if (local.get(name) === false) yield at(source, element, `${name} is exported and has no doc comment`)
    }
  }
}

const hasDoc = (source: Source, statement: Statement): boolean =>
  (statement.jsDoc ?? []).some((doc) => /[A-Za-z]/.test(source.text.slice(doc.pos, doc.end)))

const isExported = (statement: Statement): boolean =>
  isExportAssignment(statement) || hasModifier(statement, SyntaxKind.ExportKeyword)

const hasModifier = (node: Node, kind: SyntaxKind): boolean =>
  "modifiers" in node && ((node.modifiers ?? []) as ReadonlyArray<Node>).some((modifier) => modifier.kind === kind)

const namesOf = (source: Source, statement: Statement): Array<string> => {
  if (isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((declaration) => declaration.name.getText(source.tree))
  }
  if ("name" in statement && statement.name !== undefined) return [(statement.name as Node).getText(source.tree)]
  return isExported(statement) ? ["the default"] : []
}

const words: Rule = {
  name: "src has no clock, chance, async or any of its own",
  *check(house) {
    for (const source of sourcesOf(house)) {
      const found: Array<Complaint> = []
      walk(source.tree, (node) => {
        const says = forbidden(source, node)
        if (says !== undefined) found.push(at(source, node, says))
      })
      yield* found
      for (const match of source.text.matchAll(/(?:\/\/|\/?\*)\s*@ts-(?:ignore|nocheck|expect-error)/g)) {
        yield { file: source.path, line: lineAt(source.tree, match.index), says: `${match[0]}: mend the types` }
      }
    }
  }
}

const forbidden = (source: Source, node: Node): string | undefined => {
  if (isPropertyAccessExpression(node) && isIdentifier(node.expression)) {
    const name = `${node.expression.text}.${node.name.text}`
    if (name === "Date.now") return "Date.now: take the time from Effect's Clock, or as an argument"
    if (name === "Math.random") return "Math.random: take numbers from Effect's Random, or a seed as an argument"
    if (isPure(source.path) && /^(performance|process)\./.test(name)) return `${name}: what decides knows no machine`
  }
  if (isNewExpression(node) && isIdentifier(node.expression) && node.expression.text === "Date") {
    if ((node.arguments ?? []).length === 0) return "new Date(): take the time from Effect's Clock, or as an argument"
  }
  if (isFunctionLikeDeclaration(node) && hasModifier(node, SyntaxKind.AsyncKeyword)) return "async: write an Effect"
  if ((isAsExpression(node) || isTypeAssertion(node)) && node.type.kind === SyntaxKind.AnyKeyword) {
    return "as any: say which type it is"
  }
  return undefined
}

const tries: Rule = {
  name: "no try in a generator",
  *check(house) {
    for (const source of sourcesOf(house)) {
      for (const node of functionsOf(source)) {
        if (!("asteriskToken" in node) || node.asteriskToken === undefined) continue
        const found = tryOf(node)
        if (found !== undefined) yield at(source, found, "try in a generator: use Effect.catch, Effect.ensuring")
      }
    }
  }
}

/** The first `try` of a function's own body, functions in it aside. */
const tryOf = (node: Node): Node | undefined =>
  node.forEachChild((child) =>
    isFunctionLikeDeclaration(child) ? undefined : isTryStatement(child) ? child : tryOf(child)
  )

/** The rules of this file. */
export const formRules: ReadonlyArray<Rule> = [fileSize, functionSize, opening, documented, words, tries]
