// What a task computes, as a name that is the same in every process: a digest of the function, of the sources that it is
// made of, and of its inputs, which are values or tasks with a key themselves. Keys come about while a graph is lowered;
// where something must be read first, the lowering waits for that.
import * as Effect from "effect/Effect"
import { Refused } from "../chunk/codec.ts"
import { digest } from "../chunk/digest.ts"
import { Entry } from "../chunk/Entry.ts"
import { AllNode } from "../graph/all.ts"
import { DelayedNode, OutputNode } from "../graph/Delayed.ts"
import { Handle } from "../graph/Handle.ts"
import { membersOf } from "../graph/Leaves.ts"
import { argumentsOf, label } from "../graph/lower.ts"
import { refuse } from "../graph/refuse.ts"
import { type Sources, sourcesOf } from "../processor/sources.ts"
import { asError } from "./CheckpointReader.ts"
import type { Core } from "./Core.ts"
import { ChunkHandle, SpawnedHandle } from "./handles.ts"
import type { Mover } from "./Mover.ts"
import { handleProblem, Waiting } from "./submission.ts"

/** Bytes of an array from which on it is looked at once, however many tasks are given it. */
const LARGE = 4096

/** The tasks whose results a task is given. */
const inputsOf = (node: DelayedNode): ReadonlyArray<DelayedNode> => {
  const found: Array<DelayedNode> = []
  const handles: Array<Handle> = []
  for (const input of argumentsOf(node)) {
    if (input instanceof Handle) handles.push(input)
    else if (Array.isArray(input)) { for (const member of input) if (member instanceof Handle) handles.push(member) }
  }
  for (let handle = handles.pop(); handle !== undefined; handle = handles.pop()) {
    if (handle instanceof AllNode) { for (const member of membersOf(handle)) handles.push(member) }
    else if (handle instanceof OutputNode) found.push(handle.node)
    else if (handle instanceof SpawnedHandle) found.push(handle.node)
    else if (handle instanceof DelayedNode) found.push(handle)
  }
  return found
}

/** The content keys of one engine's tasks. */
export class ContentKeys {
  private readonly core: Core
  private readonly mover: Mover
  private readonly keys = new WeakMap<DelayedNode, string>()
  /** digests of stored values, by how they are held, and of large arrays, which many tasks may be given */
  private readonly contents = new WeakMap<Entry | ArrayBufferView, string>()
  private readonly sources = new Map<string, Sources>()

  constructor(core: Core, mover: Mover) {
    this.core = core
    this.mover = mover
  }

  /**
   * The key of a task; undefined if it depends on itself, which whoever lowers it will find. Throws GraphInvalid for a
   * closure among what it needs, and Waiting.
   */
  keyOf(root: DelayedNode): string | undefined {
    const stack = [root]
    const open = new Set<DelayedNode>()
    while (stack.length > 0) {
      const node = stack[stack.length - 1]
      const depth = stack.length
      if (!this.keys.has(node) && !open.has(node)) {
        open.add(node)
        for (const before of inputsOf(node)) {
          if (this.keys.has(before)) continue
          if (open.has(before)) return undefined
          stack.push(before)
        }
        if (stack.length > depth) continue
      }
      if (!this.keys.has(node)) this.keys.set(node, this.compute(root, node))
      open.delete(node)
      stack.pop()
    }
    return this.keys.get(root)
  }

  private compute(root: DelayedNode, node: DelayedNode): string {
    const { meta, outputs } = node.template.options
    const content = [this.functionOf(root, node), meta, outputs, argumentsOf(node)]
    return this.digestOf(content, `an input of "${label(node)}"`)
  }

  private digestOf(value: unknown, root: string): string {
    try {
      return digest(value, this.core.store.crossing, (o) => this.known(o), root)
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown
      const reason = `${thrown.reason}: it has no content by which a checkpoint could be known`
      throw refuse("GraphInvalid", { path: thrown.path, reason })
    }
  }

  private known(o: object): { readonly text: string } | { readonly value: unknown } | undefined {
    if (!(o instanceof Handle)) return ArrayBuffer.isView(o) && o.byteLength >= LARGE ? this.largeArray(o) : undefined
    if (o instanceof AllNode) return { value: o.shape }
    if (o instanceof OutputNode) return { text: `${this.keys.get(o.node)}:${o.index}` }
    if (o instanceof ChunkHandle) return { text: `value ${this.contentOf(o)}` }
    return { text: this.keys.get(o instanceof SpawnedHandle ? o.node : o as DelayedNode)! }
  }

  private largeArray(array: ArrayBufferView): { readonly text: string } {
    let content = this.contents.get(array)
    if (content === undefined) {
      content = digest(array, this.core.store.crossing, () => undefined, "an array")
      this.contents.set(array, content)
    }
    return { text: `value ${content}` }
  }

  /** What is to be known of a function. */
  private functionOf(root: DelayedNode, node: DelayedNode): ReadonlyArray<string> {
    const { fn: { kind, name, source, url }, options: { version } } = node.template
    if (kind === "closure") {
      const reason =
        `"${label(node)}" is a closure, of which nobody can say whether it is the same in another process, and `
        + `the checkpoint of "${label(root)}" depends on it: move it to a task module (Task.module)`
      throw refuse("GraphInvalid", { path: label(root), reason })
    }
    // Nothing else tells one from another: a version comes on top of the text.
    if (kind === "inline") return ["inline", source!, version ?? ""]
    const request = { url, isLoaded: version === undefined }
    const found = this.sources.get(`${request.isLoaded} ${url}`)
    if (found === undefined) throw this.waitForSources(request)
    return ["module", found.package, found.path, name, version === undefined ? found.digest : `version ${version}`]
  }

  private waitForSources(request: { readonly url: string; readonly isLoaded: boolean }): Waiting {
    const { isLoaded, url } = request
    return new Waiting(
      sourcesOf(request).pipe(
        Effect.map((sources) => void this.sources.set(`${isLoaded} ${url}`, sources)),
        Effect.mapError((error) =>
          refuse("GraphInvalid", { path: url, reason: `what it consists of cannot be told: ${error.message}` })
        )
      )
    )
  }

  /** The digest of a stored value. */
  private contentOf(handle: ChunkHandle): string {
    const problem = handleProblem(this.core, handle, "an input", false)
    if (problem !== undefined) throw problem
    const { store } = this.core
    const held = store.get(handle.chunk)
    if (!(held instanceof Entry)) return this.digestOf(held, "a Chunk")
    const found = this.contents.get(held)
    if (found !== undefined) return found
    if (held.parts.length > 0 && held.parts[0] < 0) {
      throw new Waiting(
        this.mover.ownValue(handle.chunk).pipe(
          Effect.map((value) => void this.contents.set(held, this.digestOf(value, "a Chunk"))),
          Effect.mapError(asError)
        )
      )
    }
    const content = this.digestOf(store.view(handle.chunk), "a Chunk")
    this.contents.set(held, content)
    return content
  }
}
