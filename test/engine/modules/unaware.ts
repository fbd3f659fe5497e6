// A module that does not know Poniard: its exports are task functions by Task.fromModule.

/** How often it was called in this thread. */
let calls = 0

/** A plain function. */
export const triple = (x: number): number => x * 3
/** An asynchronous one. */
export const wait = async (x: number): Promise<number> => {
  await new Promise((resolve) => setTimeout(resolve, 1))
  return x + ++calls - calls
}
/** No function. */
export const version = 3
export default { half: (x: number): number => x / 2 }
