// Effect's own way to worker threads: an RPC pool (RpcClient, RpcServer) over worker_threads. Each call is typed, checked
// against its schema on both sides and can be interrupted; calls know no graph. The setting is how many calls a worker
// may have at a time.
import type { Effect as EffectOf } from "effect"
import { Worker } from "node:worker_threads"
import type { Work } from "../work.ts"
import type { System } from "./System.ts"

/** Effect's worker RPC with `concurrency` 1, 16 and 64. */
export const effectRpc: System = {
  name: "effect-rpc",
  settings: ["1", "16", "64"],
  most: { together: 4000, inTurn: 300 },
  load: async () => {
    const NodeWorker = await import("@effect/platform-node/NodeWorker")
    const { Effect, Layer, ManagedRuntime, Context } = await import("effect")
    const { RpcClient } = await import("effect/rpc")
    const { calls } = await import("./effect-rpc-group.ts")
    const make = RpcClient.make(calls, { disableTracing: true })
    const Client = Context.Service<"bench/EffectRpc", EffectOf.Success<typeof make>>("bench/EffectRpc")
    return async (setting, threads) => {
      const runtime = ManagedRuntime.make(
        Layer.effect(Client, make).pipe(
          Layer.provide(RpcClient.layerProtocolWorker({ size: threads, concurrency: Number(setting) })),
          Layer.provide(NodeWorker.layer(() => new Worker(new URL("effect-rpc-worker.ts", import.meta.url))))
        )
      )
      const client = await runtime.runPromise(Client)
      const callAll = (work: Work, inputs: ReadonlyArray<number>, concurrency: "unbounded" | 1) =>
        runtime.runPromise(Effect.forEach(inputs, (input) => client.call({ work, input }), { concurrency }))
      return {
        together: (work, inputs) => callAll(work, inputs, "unbounded"),
        inTurn: (work, inputs) => callAll(work, inputs, 1),
        close: () => runtime.dispose()
      }
    }
  }
}
