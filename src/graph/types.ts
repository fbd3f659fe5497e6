// The public types of what a user describes: handles, inputs, task functions and the functions that make them. Types
// only; the verbs that run work are in verbs.ts. Learnt the hard way: P and X are inferred from (...args: P) => X, never
// by Parameters<F>; a module's functions are constrained with Function (a call signature turns generics into any);
// errors are read off the inputs' own types; Items must stay a homomorphic mapped type.
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { TaskOptions } from "./options.ts"

/**
 * The requirement that every verb adds to R, provided by `Engine.layer`. The service class in engine/ names this type
 * as its own: `export const Engine = class extends Context.Service<Engine, Shape>()("poniard/Engine") { ... }`.
 */
export interface Engine {
  readonly "~poniard/Engine": "poniard/Engine"
}

/** A lazy task or a join of some: A is its value, E its typed errors, R what its closures still need to be collected. */
export interface Delayed<out A, out E = never, out R = never> {
  readonly "~poniard/Delayed": { readonly A: A; readonly E: E; readonly R: R }
}

/** A task that was submitted: A is its value, E its typed errors. */
export interface Spawned<out A, out E = never> {
  readonly "~poniard/Spawned": { readonly A: A; readonly E: E }
}

/** A stored value. */
export interface Chunk<out A> {
  readonly "~poniard/Chunk": { readonly A: A }
  /** Its size: exact where it is encoded or shared, by a published estimate on a heap. */
  readonly bytes: number
}

/** Whatever stands for an A: it may be given wherever a task function takes an A. */
export type Handle<A> = Delayed<A, any, any> | Spawned<A, any> | Chunk<A>

/** Any handle. */
export type AnyHandle = Handle<any>

/** Any Delayed. */
export type AnyDelayed = Delayed<any, any, any>

// ---------- what a function gives

type AnyFunction = (...args: any) => unknown
type IsAny<X> = 0 extends 1 & X ? true : false
type Unchunk<A> = A extends Chunk<infer B> ? B : A

/** The value of a task whose function returns X: a plain value, a Promise or an Effect; a returned Chunk counts as its value. */
export type Out<X> = IsAny<X> extends true ? unknown
  : X extends Effect.Effect<infer A, any, any> ? Unchunk<A>
  : X extends PromiseLike<infer A> ? Unchunk<A>
  : Unchunk<X>

/** The typed errors of a function that returns X. */
export type Err<X> = IsAny<X> extends true ? never : X extends Effect.Effect<any, infer E, any> ? E : never

/** The services that a function that returns X needs. */
export type Req<X> = IsAny<X> extends true ? never : X extends Effect.Effect<any, any, infer R> ? R : never

/** What tells a task function, which workers can find, from a closure, which only its own thread has. */
export interface TaskFunctionBrand {
  readonly "~poniard/TaskFunction": { readonly kind: string; readonly url: string; readonly name: string }
}

/** A function that workers can find; still callable as F. */
export type TaskFunction<F extends Function> = F & TaskFunctionBrand

/** What whoever collects must still provide: a task function brings its module's layer, a closure brings nothing. */
export type Need<F, X> = F extends TaskFunctionBrand ? never : Exclude<Req<X>, Engine | Scope.Scope>

// ---------- inputs: a value, a handle, or an array or tuple whose items are values or handles. Nothing deeper.

type Items<A> = A extends ReadonlyArray<any> ? { readonly [K in keyof A]: A[K] | Handle<A[K]> } : never

interface NeedsMeta {
  readonly "a function that takes a Chunk needs { meta: true }": never
}

/** What may be given for a parameter of type A. */
export type Input<A> = IsAny<A> extends true ? any : [A] extends [Chunk<any>] ? NeedsMeta : A | Handle<A> | Items<A>

/** What may be given for parameters of types P. */
export type Inputs<P extends ReadonlyArray<unknown>> = { readonly [K in keyof P]: Input<P[K]> }

/** What may be given for a parameter of type A under `meta: true`: for a Chunk, anything that will be one. */
export type MetaInput<A> = IsAny<A> extends true ? any
  : A extends Chunk<infer B> ? Handle<B>
  : A extends ReadonlyArray<Chunk<any>> ? { readonly [K in keyof A]: A[K] extends Chunk<infer B> ? Handle<B> : never }
  : A

/** What may be given for parameters of types P under `meta: true`. */
export type MetaInputs<P extends ReadonlyArray<unknown>> = { readonly [K in keyof P]: MetaInput<P[K]> }

type HandleE<I> = I extends Delayed<any, infer E, any> ? E : I extends Spawned<any, infer E> ? E : never
type HandleR<I> = I extends Delayed<any, any, infer R> ? R : never

/** The typed errors that an input of type I brings. */
export type InE<I> = IsAny<I> extends true ? never
  : I extends AnyHandle ? HandleE<I>
  : I extends ReadonlyArray<infer X> ? IsAny<X> extends true ? never : HandleE<X>
  : never

/** The requirements that an input of type I brings. */
export type InR<I> = IsAny<I> extends true ? never
  : I extends AnyHandle ? HandleR<I>
  : I extends ReadonlyArray<infer X> ? IsAny<X> extends true ? never : HandleR<X>
  : never

// ---------- delayed

type Tail<In extends ReadonlyArray<unknown>> = In extends readonly [unknown?, ...infer Q] ? Q
  : ReadonlyArray<In[number]>

/**
 * What `delayed(fn)` gives: a function from inputs to a Delayed. What takes a task function as an argument, of yours too,
 * takes this: only so are its types inferred.
 *
 * @example
 * const twice = (step: Delay<Inputs<[x: number]>, number>, x: number) => step(step(x))
 *
 * yield* collect(twice(delayed(square), 3)) // => 81
 */
export interface Delay<In extends ReadonlyArray<unknown>, A, E = never, R = never> {
  <I extends In>(...inputs: I): Delayed<A, E | InE<I[number]>, R | InR<I[number]>>
  /**
   * One task per item, all with the same further arguments: one record for n tasks.
   *
   * @example
   * yield* collect(delayed(add).map([1, 2, 3], 10)) // => [11, 12, 13]
   */
  readonly map: <I extends ReadonlyArray<In[0]>, J extends Tail<In>>(
    items: I,
    ...shared: J
  ) => ReadonlyArray<Delayed<A, E | InE<I[number]> | InE<J[number]>, R | InR<I[number]> | InR<J[number]>>>
}

/** What `delayed(fn, { outputs: n })` gives: a function from inputs to n Delayed, one for each item of the result. */
export interface DelayOutputs<In extends ReadonlyArray<unknown>, X, N extends number, E = never, R = never> {
  <I extends In>(...inputs: I): Outputs<X, N, E | InE<I[number]>, R | InR<I[number]>>
  /**
   * One task per item, each with n outputs.
   *
   * @example
   * const rows = delayed(split, { outputs: 2 }).map([[1, 2], [3, 4]])
   *
   * yield* collect(rows.map(([evens]) => evens)) // => [[2], [4]]
   */
  readonly map: <I extends ReadonlyArray<In[0]>, J extends Tail<In>>(
    items: I,
    ...shared: J
  ) => ReadonlyArray<Outputs<X, N, E | InE<I[number]> | InE<J[number]>, R | InR<I[number]> | InR<J[number]>>>
}

type Item<X> = Out<X> extends ReadonlyArray<infer Y> ? Y : never
type EachOf<T, E, R> = { readonly [K in keyof T]: Delayed<T[K], E, R> }
type TupleOf<T, N extends number, Acc extends ReadonlyArray<T> = readonly []> = Acc["length"] extends N ? Acc
  : Acc["length"] extends 64 ? ReadonlyArray<T>
  : TupleOf<T, N, readonly [...Acc, T]>

/** The handles of the N items of what a function returns: a tuple if N or the function's tuple is known. */
export type Outputs<X, N extends number, E = never, R = never> = number extends N ?
  ReadonlyArray<Delayed<Item<X>, E, R>>
  : Out<X> extends readonly [any, ...any] ? EachOf<Out<X>, E, R>
  : TupleOf<Delayed<Item<X>, E, R>, N>

/** What is wrong with `outputs: N` for a function that returns X, as a type that no option has; unknown if nothing. */
type FitsOutputs<X, N extends number> = IsAny<X> extends true ? unknown
  : Out<X> extends ReadonlyArray<any> ? number extends N ? unknown
    : number extends Out<X>["length"] ? unknown
    : N extends Out<X>["length"] ? unknown
    : { readonly outputs: `the function returns ${Out<X>["length"]} items` }
  : { readonly outputs: "the function must return an array" }

type Plain = Omit<TaskOptions, "meta" | "outputs"> & { readonly meta?: false; readonly outputs?: undefined }
type WithMeta = Omit<TaskOptions, "meta" | "outputs"> & { readonly meta: true; readonly outputs?: undefined }
type WithOutputs<N extends number> = Omit<TaskOptions, "meta" | "outputs" | "getResult"> & {
  readonly meta?: false
  readonly getResult?: false
  readonly outputs: N
}

/** The type of `delayed`. */
export interface DelayedConstructor {
  <P extends ReadonlyArray<unknown>, X, F extends (...args: P) => X>(
    fn: F & ((...args: P) => X),
    options: WithMeta
  ): Delay<MetaInputs<P>, Out<X>, Err<X>, Need<F, X>>
  <P extends ReadonlyArray<unknown>, X, F extends (...args: P) => X, const N extends number>(
    fn: F & ((...args: P) => X),
    options: WithOutputs<N> & FitsOutputs<X, N>
  ): DelayOutputs<Inputs<P>, X, N, Err<X>, Need<F, X>>
  <P extends ReadonlyArray<unknown>, X, F extends (...args: P) => X>(
    fn: F & ((...args: P) => X),
    options?: Plain
  ): Delay<Inputs<P>, Out<X>, Err<X>, Need<F, X>>
}

// ---------- joins

/** The value of a handle, or of a record, tuple or array of handles. */
export type Values<T> = T extends Handle<infer A> ? A
  : { -readonly [K in keyof T]: T[K] extends Handle<infer A> ? A : never }

/** The typed errors of a handle, or of a record, tuple or array of handles. */
export type AllE<T> = T extends AnyHandle ? HandleE<T> : T[keyof T] extends infer V ? HandleE<V> : never

/** The requirements of a handle, or of a record, tuple or array of handles. */
export type AllR<T> = T extends AnyHandle ? HandleR<T> : T[keyof T] extends infer V ? HandleR<V> : never

/** A record, tuple or array whose members are all H; an interface or class counts as a record, a function does not. */
export type Group<T, H> = ReadonlyArray<H> | { readonly [K in keyof T]: H } & object & NoFunction

interface NoFunction {
  readonly [Symbol.hasInstance]?: never
}

/** The type of `all`. */
export type All = <const T extends Group<T, AnyHandle>>(what: T) => Delayed<Values<T>, AllE<T>, AllR<T>>

// ---------- task modules

/** The services that the functions of a module need from its layer. */
export type Needs<M> = Exclude<
  { [K in keyof M]: M[K] extends (...args: any) => infer X ? Req<X> : never }[keyof M],
  Engine | Scope.Scope
>

/** A class made by `Schema.Class` or `Schema.TaggedError`. */
export interface SchemaClass {
  new(...args: never): unknown
  readonly identifier: string
  readonly fields: object
}

interface ModuleSchemas {
  readonly schemas?: ReadonlyArray<SchemaClass>
}

type ModuleOptions<M, LE> = [Needs<M>] extends [never]
  ? [options?: ModuleSchemas & { readonly layer?: Layer.Layer<any, LE> }]
  : [options: ModuleSchemas & { readonly layer: Layer.Layer<Needs<M>, LE> }]

/** The type of `Task.module`. */
export type Module = <M extends { readonly [name: string]: Function }, LE = never>(
  url: string,
  functions: M,
  ...options: ModuleOptions<M, LE>
) => { readonly [K in keyof M]: TaskFunction<M[K]> }

/** The type of `Task.fromModule`. */
export type FromModule = <M>(
  url: string | URL
) => {
  readonly [K in keyof M as M[K] extends AnyFunction ? K : never]: M[K] extends AnyFunction ? TaskFunction<M[K]> : never
}

/** The type of `Task.inline`. */
export type Inline = <F extends AnyFunction>(fn: F) => TaskFunction<F>
