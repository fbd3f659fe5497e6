// An example of a doc comment as a program: the body of an Effect generator, with the names of Effect, Poniard and
// tasks.ts at hand. What comes before its last `export` or `import` stands outside the generator, so that an example
// may be a task module, which workers import. `// => value` after an expression or a const says what it is.
import type { Statement } from "typescript/unstable/ast"
import {
  isExpressionStatement,
  isFunctionDeclaration,
  isIdentifier,
  isVariableStatement
} from "typescript/unstable/ast"
import { parse } from "../tidy/Source.ts"

/** An example as it stands in a comment. */
export interface Example {
  /** What it is an example of, with its number if there are several: `Task.module 2`. Also the name of its file. */
  readonly name: string
  /** The file of the comment. */
  readonly from: string
  readonly text: string
}

/** What a program may use without saying so: names by the module that has them, and whether they are types. */
export interface Offer {
  readonly module: string
  readonly names: ReadonlyArray<string>
  readonly types?: boolean
}

/** Programs by name; each exports `example`, an Effect. Refuses a claim that nothing would check. */
export const programsOf = (
  examples: ReadonlyArray<Example>,
  offers: ReadonlyArray<Offer>
): ReadonlyMap<string, string> => {
  const wrapped = new Map(examples.map(({ name, text }) => [`${name}.ts`, `${opening}${text}\n}`]))
  const parsed = parse(wrapped)
  return new Map(examples.map((example) => {
    const body = parsed.get(`${example.name}.ts`)?.tree.statements[0]
    if (body === undefined || !isFunctionDeclaration(body) || body.body === undefined) {
      throw new Error(`the example of ${example.name} in ${example.from} cannot be read`)
    }
    return [example.name, programOf(example, body.body.statements, offers)]
  }))
}

const opening = "function* example() {\n"
const claim = /^[ \t]*\/\/ => (.*)/

const programOf = (example: Example, statements: ReadonlyArray<Statement>, offers: ReadonlyArray<Offer>): string => {
  const text = opening + example.text
  const written = statements.map((statement) => text.slice(textStart(text, statement), statement.end))
  const split = written.findLastIndex((code) => /^(export|import)\s/.test(code)) + 1
  let claims = 0
  const body = statements.slice(split).map((statement, i) => {
    const claimed = claim.exec(text.slice(statement.end))
    if (claimed === null) return written[split + i]
    claims++
    return checked(example, statement, written[split + i], claimed[1])
  })
  if (claims < Array.from(example.text.matchAll(/\/\/ =>/g)).length) {
    throw new Error(
      `the example of ${example.name} in ${example.from} has a // => after what is no statement of its own`
    )
  }
  const all = [...written.slice(0, split), ...body].join("\n")
  return [
    `// An example of ${example.name} in ${example.from}, written here by test/docs to be run.`,
    ...offers.map((offer) => importOf(offer, all)).filter((line) => line !== ""),
    ...written.slice(0, split),
    "export const example: Effect.Effect<void, unknown, Engine | Scope.Scope> = Effect.gen(function*() {",
    ...body,
    "})",
    ""
  ].join("\n")
}

/** Where a statement's own text begins: comments before it aside. */
const textStart = (text: string, statement: Statement): number =>
  statement.pos + /^(?:\s|\/\/.*|\/\*[^]*?\*\/)*/.exec(text.slice(statement.pos, statement.end))![0].length

const checked = (example: Example, statement: Statement, code: string, expected: string): string => {
  const says = JSON.stringify(`${code} // => ${expected}`)
  if (isExpressionStatement(statement)) return `is((${code}), (${expected}), ${says})`
  if (isVariableStatement(statement)) {
    const { name } = statement.declarationList.declarations[0]
    if (isIdentifier(name)) return `${code}\nis(${name.text}, (${expected}), ${says})`
  }
  throw new Error(`the example of ${example.name} in ${example.from}: // => belongs after an expression or a const`)
}

const always = ["Effect", "Engine", "Scope", "is"]

const importOf = ({ module, names, types = false }: Offer, code: string): string => {
  const used = names.filter((name) => always.includes(name) || new RegExp(`\\b${name}\\b`).test(code))
  return used.length === 0 ? "" : `import ${types ? "type " : ""}{ ${used.join(", ")} } from ${JSON.stringify(module)}`
}
