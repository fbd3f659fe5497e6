// What the public names say about themselves, as an editor shows it: read by TypeScript's own checker from
// src/index.ts, so that a comment on something the editor does not find counts for nothing.
// Not here: running the examples (Example.ts) and what must be documented (examples.test.ts).
import { SymbolFlags } from "typescript/unstable/sync"
import type { Checker, Project, Symbol, Type } from "typescript/unstable/sync"

/** A public name and its documentation. */
export interface Documented {
  /** As a user writes it: `collect`, `Task.alloc`, `EngineOptions.threads`. */
  readonly name: string
  /**
   * `operation`: a function, Effect or value to use; `object`: a name that holds operations; `class`: an error;
   * `type`: a type alone; `member`: a field of one.
   */
  readonly kind: "operation" | "object" | "class" | "type" | "member"
  /** Where it is declared, relative to the top. */
  readonly file: string
  readonly text: string
  readonly examples: ReadonlyArray<string>
}

/** Every public name of `src/index.ts` in a project that has it; `top` is the folder of the house. */
export const readDocs = (project: Project, top: string): ReadonlyArray<Documented> => {
  const { checker, program } = project
  const index = program.getSourceFile(`${top}src/index.ts`)
  const module = index && checker.getSymbolAtLocation(index)
  if (module === undefined) throw new Error("TypeScript does not see src/index.ts as a module")
  return checker.getExportsOfModule(module).flatMap((symbol) => {
    const target = (symbol.flags & SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)
    return documentedBy(checker, symbol.name, target, top)
  })
}

const documentedBy = (checker: Checker, name: string, target: Symbol, top: string): Array<Documented> => {
  const { flags } = target
  if ((flags & SymbolFlags.Class) !== 0) return [documented(checker, name, "class", target, top)]
  if ((flags & SymbolFlags.Value) !== 0) {
    const type = checker.getTypeOfSymbol(target)
    const operations = type === undefined ? [] : ownProperties(checker, type, top)
    const kind = operations.length === 0 ? "operation" : "object"
    return [
      documented(checker, name, kind, target, top),
      ...operations.map((one) => documented(checker, `${name}.${one.name}`, "operation", one, top))
    ]
  }
  const members = (flags & SymbolFlags.Interface) === 0
    ? []
    : ownProperties(checker, checker.getDeclaredTypeOfSymbol(target), top)
  return [
    documented(checker, name, "type", target, top),
    ...members.map((one) => documented(checker, `${name}.${one.name}`, "member", one, top))
  ]
}

/** The properties that our own sources declare, marks of handles aside. */
const ownProperties = (checker: Checker, type: Type, top: string): ReadonlyArray<Symbol> =>
  checker.getPropertiesOfType(type).filter((one) => !one.name.startsWith("~") && fileOf(one, top).startsWith("src/"))

const fileOf = (symbol: Symbol, top: string): string => (symbol.declarations[0]?.path ?? "").slice(top.length)

const documented = (
  checker: Checker,
  name: string,
  kind: Documented["kind"],
  symbol: Symbol,
  top: string
): Documented => ({
  name,
  kind,
  file: fileOf(symbol, top),
  text: checker.getDocumentationCommentOfSymbol(symbol),
  examples: checker.getJsDocTagsOfSymbol(symbol).filter((tag) => tag.name === "example").map((tag) => tag.text ?? "")
})
