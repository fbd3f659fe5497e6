// A source file as the rules of the house see it: its text, its tree and what it imports.
// Parsed by TypeScript's own parser, which TypeScript 7 offers as `typescript/unstable/*`: one process, started once
// for many files, that never resolves or checks anything.
import { posix } from "node:path"
import type { ExportDeclaration, ImportDeclaration, Node, SourceFile } from "typescript/unstable/ast"
import {
  isCallExpression,
  isExportDeclaration,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isNamedExports,
  isNamedImports,
  isPropertyAccessExpression,
  isStringLiteral,
  SyntaxKind
} from "typescript/unstable/ast"
import { createVirtualFileSystem } from "typescript/unstable/fs"
import { API } from "typescript/unstable/sync"

/** What an import costs: a module loaded at once, a module loaded when the expression runs, or nothing at run time. */
export type ImportKind = "value" | "lazy" | "type"

/** One import, re-export, `import()`, `require()` or `import("...")` type. */
export interface Import {
  /** The specifier as written. */
  readonly specifier: string
  /** The path in the house that a relative specifier means; undefined for a package's. */
  readonly target: string | undefined
  readonly kind: ImportKind
  /** The names taken; empty where the whole module is. */
  readonly names: ReadonlyArray<string>
  readonly line: number
}

/** A parsed file. Paths are relative to the top of the house, with `/`. */
export interface Source {
  readonly path: string
  readonly text: string
  readonly tree: SourceFile
  readonly imports: ReadonlyArray<Import>
}

const root = "/house"

/** Parses files given by path, all in one go. */
export const parse = (files: ReadonlyMap<string, string>): Map<string, Source> => {
  const config = `${root}/tsconfig.json`
  const virtual: Record<string, string> = {
    [config]: JSON.stringify({
      compilerOptions: { noLib: true, noResolve: true, noCheck: true, noEmit: true, types: [], target: "ESNext" },
      files: [...files.keys()].map((path) => `./${path}`)
    })
  }
  for (const [path, text] of files) virtual[`${root}/${path}`] = text
  const api = new API({ cwd: root, fs: createVirtualFileSystem(virtual) })
  try {
    const program = api.updateSnapshot({ openProjects: [config] }).getProject(config)?.program
    const sources = new Map<string, Source>()
    for (const [path, text] of files) {
      const tree = program?.getSourceFile(`${root}/${path}`)
      if (tree === undefined) throw new Error(`TypeScript did not parse ${path}`)
      sources.set(path, { path, text, tree, imports: importsOf(path, tree) })
    }
    return sources
  } finally {
    api.close()
  }
}

/** Calls `visit` with every node below and including `node`, parents first. */
export const walk = (node: Node, visit: (node: Node) => void): void => {
  visit(node)
  node.forEachChild((child) => {
    walk(child, visit)
  })
}

/** The line, from 1, on which a node's own text starts (comments before it aside). */
export const lineOf = (tree: SourceFile, node: Node): number => lineAt(tree, node.getStart(tree))

/** The line, from 1, of a position. */
export const lineAt = (tree: SourceFile, position: number): number =>
  tree.getLineAndCharacterOfPosition(position).line + 1

const importsOf = (path: string, tree: SourceFile): Array<Import> => {
  const imports: Array<Import> = []
  const add = (node: Node, specifier: Node | undefined, kind: ImportKind, names: ReadonlyArray<string> = []) => {
    if (specifier === undefined || !isStringLiteral(specifier)) return
    const target = specifier.text.startsWith(".") ? posix.join(posix.dirname(path), specifier.text) : undefined
    imports.push({ specifier: specifier.text, target, kind, names, line: lineOf(tree, node) })
  }
  walk(tree, (node) => {
    if (isImportDeclaration(node)) add(node, node.moduleSpecifier, kindOfImport(node), namesOfImport(node))
    else if (isExportDeclaration(node)) {
      add(node, node.moduleSpecifier, node.isTypeOnly ? "type" : "value", namesOfExport(node))
    } else if (isImportTypeNode(node) && isLiteralTypeNode(node.argument)) add(node, node.argument.literal, "type")
    else if (isCallExpression(node) && loadsModule(node.expression)) add(node, node.arguments[0], "lazy")
  })
  return imports
}

/** True for what is called in `import(...)`, `require(...)` and `process.getBuiltinModule(...)`. */
const loadsModule = (callee: Node): boolean =>
  callee.kind === SyntaxKind.ImportKeyword || isIdentifier(callee) && callee.text === "require" ||
  isPropertyAccessExpression(callee) && callee.name.text === "getBuiltinModule"

// `import { type A } from "x"` still loads x once its types are stripped: only `import type` loads nothing.
const kindOfImport = (node: ImportDeclaration): ImportKind =>
  node.importClause?.phaseModifier === SyntaxKind.TypeKeyword ? "type" : "value"

const namesOfImport = (node: ImportDeclaration): Array<string> => {
  const bindings = node.importClause?.namedBindings
  if (bindings === undefined || !isNamedImports(bindings)) return []
  return bindings.elements.map((element) => textOf(element.propertyName ?? element.name))
}

const namesOfExport = (node: ExportDeclaration): Array<string> => {
  const clause = node.exportClause
  if (clause === undefined || !isNamedExports(clause)) return []
  return clause.elements.map((element) => textOf(element.propertyName ?? element.name))
}

const textOf = (name: Node): string => isIdentifier(name) || isStringLiteral(name) ? name.text : ""
