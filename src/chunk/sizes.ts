// Where values of which size go; both sides of a transport must agree.

/** Values with at most this many encoded bytes travel inside messages and stay outside the arena. */
export const INLINE_BYTES = 1024
/** Arrays with at least this many bytes go to the arena as they are. */
export const RAW_BYTES = 4096
