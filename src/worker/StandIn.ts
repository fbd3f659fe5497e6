// Stand-ins for the exports of index.ts in a worker: the real thing, and Effect with it, is loaded at the first touch.
// Loading is synchronous (require of an ES module), so a stand-in may be used like what it stands for, at once.
import { createRequire } from "node:module"

let exports: Readonly<Record<string, object>> | undefined

const load = (name: string): object => {
  exports ??= createRequire(import.meta.url)(
    import.meta.url.endsWith(".ts") ? "../index.ts" : "../index.js"
  ) as Readonly<
    Record<string, object>
  >
  return exports[name]
}

type Callable = (...args: Array<unknown>) => unknown
type Newable = new(...args: Array<unknown>) => object

/** A stand-in for one export of index.ts, be it a function, a class or an object of functions. */
export const standIn = (name: string): unknown => {
  // The target is a plain function because only a proxy of one can be called and constructed.
  const proxy: object = new Proxy(function() {}, {
    apply: (_, self, args) => Reflect.apply(load(name) as Callable, self, args),
    construct: (_, args, newTarget) => {
      const real = load(name) as Newable
      return Reflect.construct(real, args, newTarget === proxy ? real : newTarget)
    },
    get: (_, key) => Reflect.get(load(name), key),
    set: (_, key, value) => Reflect.set(load(name), key, value),
    has: (_, key) => Reflect.has(load(name), key),
    getPrototypeOf: () => Reflect.getPrototypeOf(load(name))
  })
  return proxy
}
