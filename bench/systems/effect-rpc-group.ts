// The calls that Effect's worker RPC carries, for both sides. A worker loads this file, so Effect's modules are imported
// one by one.
import * as Rpc from "effect/rpc/Rpc"
import * as RpcGroup from "effect/rpc/RpcGroup"
import * as Schema from "effect/Schema"
import type { Work } from "../work.ts"

/** One call: which function, and its input. */
export const calls = RpcGroup.make(
  Rpc.make("call", {
    payload: { work: Schema.Literals(["noop", "spin"] satisfies ReadonlyArray<Work>), input: Schema.Number },
    success: Schema.Number
  })
)
