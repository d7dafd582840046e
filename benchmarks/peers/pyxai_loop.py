"""PyXAI's loop over rows, in processes: `python -m benchmarks.peers.pyxai_loop MODEL INSTANCES PROCESSES LIMIT`.

One sufficient reason a row of a forest that counts votes, literals as free Booleans; each process has its own explainer
and every so-manieth row. Prints rows, wall seconds (explainers made before) and CPU seconds of all processes.
"""

from __future__ import annotations

import json
import sys
import time
from multiprocessing import get_context
from typing import Any


def loop(model: str, instances: str, first: int, step: int, limit: float, ready: Any, told: Any) -> None:
    """Ask about every so-manieth row until the limit."""
    from benchmarks.peers.pyxai_driver import PyXai
    from benchmarks.serve import Request

    subject: Any = PyXai(Request(model=model, instances=instances, jobs=[]))
    ready.wait()
    begin, cpu, rows = time.perf_counter(), time.process_time(), 0
    for row in subject._rows[first::step]:
        if time.perf_counter() - begin > limit:
            break
        subject._explainer.set_instance(row)
        subject.queries["sufficient"](limit)
        rows += 1
    told.put((rows, time.process_time() - cpu))


def main() -> None:
    model, instances, processes, limit = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    context = get_context("spawn")
    ready, told = context.Barrier(processes + 1), context.Queue()
    crew = [
        context.Process(target=loop, args=(model, instances, i, processes, limit, ready, told))
        for i in range(processes)
    ]
    for one in crew:
        one.start()
    ready.wait()
    begin = time.perf_counter()
    found = [told.get() for _ in crew]
    wall = time.perf_counter() - begin
    for one in crew:
        one.join()
    print(json.dumps({"rows": sum(rows for rows, _ in found), "wall": wall, "cpu": sum(cpu for _, cpu in found)}))


if __name__ == "__main__":
    main()
