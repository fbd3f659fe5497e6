// node examples/sum/main.ts --size 256MiB --memory 64MiB --threads 2: adds up, twice, more numbers than memory may hold.
// This file only starts it; the job is in sum.ts, what the threads run in tasks.ts.
import { runCommand } from "../out-of-core/command.ts"
import { sum } from "./sum.ts"

runCommand(sum)
