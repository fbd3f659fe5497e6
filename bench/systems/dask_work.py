# What Dask's processes run: the functions of work.ts and of metg/point.ts in Python. Workers import this file by name.
# Pure Python, so that nothing but Dask itself must be installed.
import struct
import time


def noop(value):
    return value + 1


def spin(value):
    """The result of work.ts's `spin` by doubling; then waits until 1 ms of this thread's own time is over. The loop
    itself would take some 60 ms in Python: the work is the same in length, not in steps."""
    until = time.thread_time() + 0.001
    left, x = divmod(value, 4096)
    factor, addend = 1664525, 1013904223
    while left > 0:
        if left % 2 == 1:
            x = (x * factor + addend) & 0xFFFFFFFF
        addend = (addend * factor + addend) & 0xFFFFFFFF
        factor = factor * factor & 0xFFFFFFFF
        left //= 2
    while time.thread_time() < until:
        pass
    return x - 2**32 if x >= 2**31 else x


def compute_bound(iterations):
    values = [1.2345] * 64
    for _ in range(iterations):
        values = [a * a + a for a in values]
    product = 1.0
    for a in values:
        product *= a
    return product


def output(size, step, column):
    return struct.pack("<qq", step, column) * (size // 16)


def point(size, step, column, taken, iterations, *inputs):
    """A task of Task Bench: checks every input in full, works, says where its output comes from."""
    if len(inputs) != len(taken):
        raise ValueError(f"wrong result: {len(inputs)} inputs at {step}, {column}")
    for given, of in zip(inputs, taken):
        if given != output(size, step - 1, of):
            raise ValueError(f"wrong result: not the output of step {step - 1}, column {of}")
    compute_bound(iterations)
    return output(size, step, column)


def rate(iterations, times):
    """Seconds of this process for so much work, nothing else done."""
    started = time.perf_counter()
    for _ in range(times):
        compute_bound(iterations)
    return time.perf_counter() - started
