// What a thread of Effect's worker RPC runs.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeWorkerRunner from "@effect/platform-node/NodeWorkerRunner"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RpcServer from "effect/rpc/RpcServer"
import { works } from "../work.ts"
import { calls } from "./effect-rpc-group.ts"

const handlers = calls.toLayer(Effect.succeed(calls.of({
  call: ({ input, work }) => Effect.sync(() => works[work](input))
})))

RpcServer.layer(calls, { disableTracing: true, disableFatalDefects: true }).pipe(
  Layer.provide(handlers),
  Layer.provide(RpcServer.layerProtocolWorkerRunner),
  Layer.provide(NodeWorkerRunner.layer),
  Layer.launch,
  NodeRuntime.runMain
)
