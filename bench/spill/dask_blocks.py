# What Dask's processes run for `spill`: the tasks of examples/{sum,transpose,sort,groupby} in Python, with numpy where it is
# installed, else with the arrays of Python itself. Workers import this file by name. Not the graphs: dask_spill.py.
import random
from array import array
from bisect import bisect_left
from operator import le

try:
    import numpy
except ImportError:
    numpy = None

KEYS = 100_000


def small(block, length, seed):
    """Whole numbers below 2^20, as doubles."""
    if numpy is not None:
        return numpy.random.default_rng([seed, block]).integers(0, 2**20, length).astype(numpy.float64)
    words = array("I", random.Random(seed * 1_000_003 + block).randbytes(4 * length))
    return array("d", [word >> 12 for word in words])


def total(numbers):
    return float(numbers.sum()) if numpy is not None else float(sum(numbers))


# transpose: a matrix of blocks x blocks tiles of rows x columns numbers, the number of a place is its place


def rows_of(block, blocks, rows, columns):
    width = blocks * columns
    first = block * rows * width
    if numpy is not None:
        return numpy.arange(first, first + rows * width, dtype=numpy.float64).reshape(rows, width)
    return array("d", range(first, first + rows * width))


def tiles_of(block, blocks, rows, columns):
    if numpy is not None:
        return [block[:, t * columns : (t + 1) * columns].T.copy() for t in range(blocks)]
    width = blocks * columns
    tiles = []
    for t in range(blocks):
        tile = array("d")
        for column in range(t * columns, (t + 1) * columns):
            tile.extend(block[column::width])
        tiles.append(tile)
    return tiles


def joined(tiles, rows, columns):
    if numpy is not None:
        return numpy.concatenate(tiles, axis=1)
    out = array("d")
    for column in range(columns):
        for tile in tiles:
            out.extend(tile[column * rows : (column + 1) * rows])
    return out


def compared(block, number, blocks, rows, columns):
    """How many numbers are where they should be."""
    width, height = blocks * columns, blocks * rows
    right = 0
    for j in range(columns):
        first = number * columns + j
        if numpy is not None:
            right += int((block[j] == numpy.arange(first, first + height * width, width)).sum())
        elif block[j * height : (j + 1) * height] == array("d", range(first, first + height * width, width)):
            right += height
    return right


# sort


def fractions(block, length, seed):
    if numpy is not None:
        return numpy.random.default_rng([seed, block]).random(length)
    draw = random.Random(seed * 1_000_003 + block).random
    return array("d", [draw() for _ in range(length)])


def splitters_of(samples, parts):
    every = sorted(number for sample in samples for number in sample)
    return [every[(p + 1) * len(every) // parts] for p in range(parts - 1)]


def pieces_of(block, splitters):
    """Sorts the block first: then its pieces are slices of it, and sorting a part is merging them."""
    if numpy is not None:
        block = numpy.sort(block)
        return [piece.copy() for piece in numpy.split(block, numpy.searchsorted(block, splitters))]
    block = array("d", sorted(block))
    cuts = [0, *(bisect_left(block, splitter) for splitter in splitters), len(block)]
    return [block[cuts[p] : cuts[p + 1]] for p in range(len(cuts) - 1)]


def sorted_part(pieces):
    if numpy is not None:
        part = numpy.concatenate(pieces)
        part.sort(kind="stable")
        return part
    part = []
    for piece in pieces:
        part.extend(piece)
    part.sort()
    return array("d", part)


def digest_of(numbers):
    """64 bits that do not depend on the order."""
    if numpy is not None:
        bits = numbers.view(numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        bits ^= bits >> numpy.uint64(29)
        return int((bits * numpy.uint64(0xBF58476D1CE4E5B9)).sum(dtype=numpy.uint64))
    return sum(map(hash, numbers)) % 2**64


def looked(part):
    """Length, first, last, whether it is in order, digest."""
    ordered = bool((part[:-1] <= part[1:]).all()) if numpy is not None else all(map(le, part, part[1:]))
    return len(part), float(part[0]), float(part[-1]), ordered, digest_of(part)


# groupby: records of a key and a value in two columns


def records(block, length, seed):
    if numpy is not None:
        draw = numpy.random.default_rng([seed, block])
        return draw.integers(0, KEYS, length, dtype=numpy.int32), draw.integers(0, 2**20, length).astype(numpy.float64)
    words = array("Q", random.Random(seed * 1_000_003 + block).randbytes(8 * length))
    return array("i", [word % KEYS for word in words]), array("d", [word >> 44 for word in words])


def dealt(block, partitions):
    keys, values = block
    if numpy is not None:
        to = keys % partitions
        order = numpy.argsort(to, kind="stable")
        cuts = numpy.cumsum(numpy.bincount(to, minlength=partitions))[:-1]
        keys, values = numpy.split(keys[order], cuts), numpy.split(values[order], cuts)
        return [(k.copy(), v.copy()) for k, v in zip(keys, values)]
    pieces = [(array("i"), array("d")) for _ in range(partitions)]
    puts = [(k.append, v.append) for k, v in pieces]
    for key, value in zip(keys, values):
        put_key, put_value = puts[key % partitions]
        put_key(key)
        put_value(value)
    return pieces


def grouped(pieces):
    """Count and sum of each key."""
    counts, sums = [0] * KEYS, [0.0] * KEYS
    if numpy is not None:
        keys = numpy.concatenate([keys for keys, _ in pieces])
        counts = numpy.bincount(keys, minlength=KEYS)
        sums = numpy.bincount(keys, numpy.concatenate([values for _, values in pieces]), minlength=KEYS)
        found = numpy.flatnonzero(counts)
        return {int(key): (int(counts[key]), float(sums[key])) for key in found}
    for keys, values in pieces:
        for key, value in zip(keys, values):
            counts[key] += 1
            sums[key] += value
    return {key: (counts[key], sums[key]) for key in range(KEYS) if counts[key] > 0}
