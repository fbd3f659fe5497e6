// Plain task functions that do what is asked of them.
import { Task } from "poniard"
export const { square } = Task.module(import.meta.url, { square: (x: number) => x * x })
