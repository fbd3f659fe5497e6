// Every transport that there is, run through the contract. What is a thread's own is in test/engine: kills, rooms, heaps.
import { subscribe } from "node:diagnostics_channel"
import type { Worker } from "node:worker_threads"
import { bytesTransport, threadTransport } from "../../src/transport/thread.ts"
import { transportContract } from "./contract.ts"

const threads: Array<Worker> = []
subscribe("worker_threads", (message) => threads.push((message as { readonly worker: Worker }).worker))

/** Threads that run; Node gives one that has ended the number -1. */
const left = (): number => threads.filter(({ threadId }) => threadId !== -1).length

for (const transport of [threadTransport, bytesTransport]) transportContract({ transport, left })
