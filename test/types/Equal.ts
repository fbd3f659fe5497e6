// The two assertions of the type tests in this folder. `tsc` runs them: a file that compiles has passed.

/** True if two types are the same, with `any` and `readonly` told apart from everything else. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only for true. */
export declare const holds: <T extends true>() => T

/** Compiles only if the value has exactly the type A. */
export declare const is: <A>() => <B>(value: B, ...same: Equal<A, B> extends true ? [] : [expected: A]) => void
