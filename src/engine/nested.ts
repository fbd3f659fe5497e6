// Requests of tasks on workers: nested spawns, waiting for them, values put into the store. Each is answered through
// the processor that it came from; handles are numbers of that worker.
import type { Answerer } from "../processor/Processor.ts"
import type { Request } from "../transport/Message.ts"
import type { Shell } from "./host.ts"

/** Answers a request. */
export const answerRequest = (_shell: Shell, _worker: number, _request: Request, _answerer: Answerer): void => {}
