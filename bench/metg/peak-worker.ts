// A bare thread that runs a kernel so many times: what the machine can do without any scheduling.
import { parentPort } from "node:worker_threads"
import { runKernel } from "./kernels.ts"
import type { Load } from "./point.ts"

parentPort!.on("message", ({ kernel, iterations, times }: Load & { readonly times: number }) => {
  let sum = 0
  for (let i = 0; i < times; i++) sum += runKernel(kernel, iterations, i)
  parentPort!.postMessage(sum)
})
