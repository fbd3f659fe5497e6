// What a thread of workerpool runs: it wants its functions registered.
import workerpool from "workerpool"
import { noop, spin } from "../work.ts"

workerpool.worker({ noop, spin })
