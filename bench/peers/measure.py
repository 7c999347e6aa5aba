"""What the scripts in this folder share: versions, medians, and one JSON line on standard output.

The scripts measure other programs (PyTorch, Keras, scikit-learn) on the jobs that Permafrost's own benchmarks measure,
so that both can run in turn on one machine. They need a Python environment with the packages each names.
TensorFlow and PyTorch cannot share a process (both load an LLVM): a script that measures both starts itself again.
"""

import importlib.metadata
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

THREADS = 2
PICTURE_ENDINGS = {".jpg", ".jpeg"}


def median_ms(step, count, warm_up):
    """Milliseconds of `step(i)`: median, and the tenth and ninetieth percentile, after `warm_up` unmeasured calls."""
    for i in range(warm_up):
        step(i)
    times = []
    for i in range(count):
        start = time.perf_counter()
        step(i)
        times.append(1000 * (time.perf_counter() - start))
    deciles = statistics.quantiles(times, n=10)
    return {"median": round(statistics.median(times), 3), "p10": round(deciles[0], 3), "p90": round(deciles[-1], 3)}


def median_seconds(job, repeats):
    """Median seconds of `job()` over `repeats` calls."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def processor_seconds(job, least=3, enough=2.0):
    """Median processor seconds of `job()` after one unmeasured call; where one takes over 5 seconds, of a single call."""
    job()
    times = []
    while not times or (times[0] < 5 and (len(times) < least or sum(times) < enough)):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return statistics.median(times)


def jpeg_files(folder, count=None):
    """Paths of the JPEG files below a folder in the order of their names, at most `count`."""
    paths = sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in PICTURE_ENDINGS)
    if not paths:
        raise SystemExit(f"{folder}: no .jpg or .jpeg file below it")
    return [str(p) for p in paths[:count]]


def report(job, packages, **results):
    """Prints one JSON line: the job, its command, the versions and the numbers."""
    versions = {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in packages}}
    command = " ".join(["python", pathlib.Path(sys.argv[0]).name, *sys.argv[1:]])
    print(json.dumps({"job": job, "command": command, "cores": os.cpu_count(), "threads": THREADS,
                      "versions": versions, **results}), flush=True)


def run_each(names):
    """Starts the calling script once for each name, one after the other."""
    for name in names:
        subprocess.run([sys.executable, *sys.argv, name], check=True)
