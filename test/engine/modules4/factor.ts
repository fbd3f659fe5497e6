// A module that a task module loads: its text is part of what its tasks' checkpoints are known by.
export const factor = 2
