# The jobs of `spill` on Dask's LocalCluster: `python3 dask_spill.py CASE BYTES LIMIT PROCESSES FOLDER` runs one, as often split
# as ours, and prints its seconds as JSON. LIMIT is what the processes may use together, FOLDER where Dask spills to. The
# cluster is up before the clock starts; the answer is checked after it has stopped.
import json
import logging
import math
import operator
import sys
import time

import dask_blocks as b
import distributed

SEED = 1
BLOCKS = 64
SUM_BLOCKS = 256
SAMPLES = 256


def pieces(graph, name, makes, count):
    """Tasks that return a list, and one for each item of it; keys by block and item."""
    for i, task in enumerate(makes):
        graph[f"{name}-{i}"] = task
        for p in range(count):
            graph[f"{name}-{i}-{p}"] = (operator.getitem, f"{name}-{i}", p)
    return [[f"{name}-{i}-{p}" for p in range(count)] for i in range(len(makes))]


def run_sum(client, size):
    length = round(size / 8 / SUM_BLOCKS)
    blocks = client.map(b.small, range(SUM_BLOCKS), length=length, seed=SEED, pure=False)
    distributed.wait(blocks)
    sums = [sum(client.gather(client.map(b.total, blocks, pure=False))) for _ in range(2)]
    return lambda: sums == [sum(b.total(b.small(block, length, SEED)) for block in range(SUM_BLOCKS))] * 2


def run_transpose(client, size):
    rows = math.floor(math.sqrt(size / 8 / BLOCKS**2))
    columns = round(size / 8 / BLOCKS**2 / rows)
    shape = (BLOCKS, rows, columns)
    graph = {f"rows-{i}": (b.rows_of, i, *shape) for i in range(BLOCKS)}
    tiles = pieces(graph, "tiles", [(b.tiles_of, f"rows-{i}", *shape) for i in range(BLOCKS)], BLOCKS)
    for t in range(BLOCKS):
        graph[f"joined-{t}"] = (b.joined, [row[t] for row in tiles], rows, columns)
        graph[f"compared-{t}"] = (b.compared, f"joined-{t}", t, *shape)
    right = client.get(graph, [f"compared-{t}" for t in range(BLOCKS)], optimize_graph=False)
    return lambda: sum(right) == BLOCKS**2 * rows * columns


def run_sort(client, size):
    length = round(size / 8 / BLOCKS)
    graph = {f"sample-{i}": (b.fractions, i, SAMPLES, SEED) for i in range(BLOCKS)}
    graph["splitters"] = (b.splitters_of, list(graph), BLOCKS)
    graph |= {f"block-{i}": (b.fractions, i, length, SEED) for i in range(BLOCKS)}
    split = pieces(graph, "pieces", [(b.pieces_of, f"block-{i}", "splitters") for i in range(BLOCKS)], BLOCKS)
    for p in range(BLOCKS):
        graph[f"part-{p}"] = (b.sorted_part, [block[p] for block in split])
        graph[f"looked-{p}"] = (b.looked, f"part-{p}")
    parts = client.get(graph, [f"looked-{p}" for p in range(BLOCKS)], optimize_graph=False)

    def right():
        digest = sum(b.digest_of(b.fractions(i, length, SEED)) for i in range(BLOCKS))
        return (
            sum(part[0] for part in parts) == BLOCKS * length
            and all(part[3] for part in parts)
            and all(parts[p - 1][2] <= parts[p][1] for p in range(1, BLOCKS))
            and (sum(part[4] for part in parts) - digest) % 2**64 == 0
        )

    return right


def run_groupby(client, size):
    length = round(size / 12 / BLOCKS)
    graph = {f"block-{i}": (b.records, i, length, SEED) for i in range(BLOCKS)}
    split = pieces(graph, "pieces", [(b.dealt, f"block-{i}", BLOCKS) for i in range(BLOCKS)], BLOCKS)
    for p in range(BLOCKS):
        graph[f"groups-{p}"] = (b.grouped, [block[p] for block in split])
    parts = client.get(graph, [f"groups-{p}" for p in range(BLOCKS)], optimize_graph=False)

    def right():
        counts, sums = [0] * b.KEYS, [0.0] * b.KEYS
        for i in range(BLOCKS):
            for key, (count, total) in b.grouped([b.records(i, length, SEED)]).items():
                counts[key] += count
                sums[key] += total
        groups = {key: group for part in parts for key, group in part.items()}
        return groups == {key: (counts[key], sums[key]) for key in range(b.KEYS) if counts[key] > 0}

    return right


jobs = {"sum": run_sum, "transpose": run_transpose, "sort": run_sort, "groupby": run_groupby}


def main():
    case, size, limit, processes, folder = sys.argv[1:]
    cluster = distributed.LocalCluster(
        n_workers=int(processes),
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        memory_limit=int(limit) // int(processes),
        local_directory=folder,
        silence_logs=logging.CRITICAL,
    )
    with distributed.Client(cluster) as client:
        started = time.perf_counter()
        right = jobs[case](client, int(size))
        seconds = time.perf_counter() - started
    cluster.close()
    arrays = "array" if b.numpy is None else "numpy"
    print(json.dumps({"seconds": seconds, "correct": right(), "arrays": arrays}), flush=True)


if __name__ == "__main__":
    main()
