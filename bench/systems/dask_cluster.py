# The other side of dask.ts: reads one request a line, answers with one line, until its input ends. Says that it is
# there when Dask is loaded; starts a LocalCluster of so many processes of one thread when it is told to.
import json
import logging
import sys
import time

import dask_work
import distributed

works = {"noop": dask_work.noop, "spin": dask_work.spin}
client = None


def start(request):
    global client
    cluster = distributed.LocalCluster(
        n_workers=request["processes"],
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        silence_logs=logging.ERROR,
    )
    client = distributed.Client(cluster)
    return {}


def together(request):
    futures = client.map(works[request["work"]], request["inputs"], pure=False)
    return {"results": client.gather(futures)}


def in_turn(request):
    work = works[request["work"]]
    return {"results": [client.submit(work, value, pure=False).result() for value in request["inputs"]]}


runs = 0


def graph(request):
    """Runs a graph of Task Bench in one submission; the clock runs from the first task described to the last result."""
    global runs
    runs += 1
    steps, columns, taken = request["steps"], request["columns"], request["inputs"]
    size, iterations = request["bytes"], request["iterations"]
    started = time.perf_counter()
    keys = [f"point-{runs}-{i}" for i in range(len(steps))]
    tasks = {
        keys[i]: (
            dask_work.point,
            size,
            steps[i],
            columns[i],
            tuple(columns[j] for j in taken[i]),
            iterations,
            *(keys[j] for j in taken[i]),
        )
        for i in range(len(steps))
    }
    wanted = request["wanted"]
    results = client.get(tasks, [keys[i] for i in wanted], optimize_graph=False)
    ms = (time.perf_counter() - started) * 1000
    for i, result in zip(wanted, results):
        if result != dask_work.output(size, steps[i], columns[i]):
            raise ValueError(f"wrong result: not the output of step {steps[i]}, column {columns[i]}")
    return {"ms": ms}


def peak(request):
    """Iterations in a millisecond that all processes do together when each does nothing else."""
    iterations, times = 1024, 40
    seconds = client.run(dask_work.rate, iterations, times).values()
    return {"perMs": sum(iterations * times / one / 1000 for one in seconds)}


requests = {"start": start, "together": together, "inTurn": in_turn, "graph": graph, "peak": peak}


def answer(line):
    request = json.loads(line)
    try:
        return requests[request["ask"]](request)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    print(json.dumps({"version": distributed.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(line)), flush=True)
    if client is not None:
        client.shutdown()


if __name__ == "__main__":
    main()
