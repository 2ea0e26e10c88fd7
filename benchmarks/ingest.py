"""How fast and in how much memory a large CSV becomes a stored set, beside readers that only read it.

Run: python -m benchmarks.ingest [--mb 1000]. Every line is a process of its own, so that each peak is its own; each is run
``--rounds`` times in turn and the median counts, because other work on the machine slows them all.
"""

import argparse
import csv
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROW = 1000  # bytes of a row, about
TASKS = ("graft", "pyarrow", "duckdb")


def generate(path: Path, megabytes: int) -> int:
    """A CSV of id, text (quoted, with commas and doubled quotes, one in fifty with a line break), label, stars; rows written."""
    from core.data.sets.samples import SAMPLES

    with SAMPLES["reviews"].path.open(newline="", encoding="utf-8") as file:
        pieces = [row["text"] for row in csv.DictReader(file)]
    draw, rows, written = random.Random(0), 0, 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        written += writer.writerow(["id", "text", "label", "stars"])
        while written < megabytes * 1e6:
            text = (", ".join(draw.choices(pieces, k=14)) + f' "{rows}"')[:ROW]
            if rows % 50 == 0:
                text = text.replace(". ", ".\n", 1)
            written += writer.writerow([rows, text, draw.choice(("pos", "neg")), draw.randint(1, 5)])
            rows += 1
    return rows


def graft(path: Path) -> int:
    from core.data.sets.add import add_dataset

    with tempfile.TemporaryDirectory(dir=path.parent) as home:
        os.environ["GRAFT_HOME"] = home
        started = time.perf_counter()
        rows = add_dataset(path)[0].rows
        told(rows, time.perf_counter() - started)
    return rows


def pyarrow(path: Path) -> int:
    import pyarrow.csv as reader

    started = time.perf_counter()
    rows = reader.read_csv(path, parse_options=reader.ParseOptions(newlines_in_values=True)).num_rows
    told(rows, time.perf_counter() - started)
    return rows


def duckdb(path: Path) -> int:
    import duckdb as engine

    started = time.perf_counter()
    rows = len(engine.sql(f"select * from read_csv('{path}')").arrow().read_all())
    told(rows, time.perf_counter() - started)
    return rows


def told(rows: int, seconds: float) -> None:
    """One line that the parent process reads: rows, seconds, processor seconds, peak memory in bytes."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(rows, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=1000, help="size of the file (default 1000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        globals()[arguments.task](arguments.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reviews.csv"
        rows = generate(path, arguments.mb)
        size = path.stat().st_size
        print(f"{rows:,} rows, {size / 1e6:,.0f} MB, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        found: dict[str, list[list[float]]] = {}
        for _ in range(arguments.rounds):
            for task in TASKS:
                command = [sys.executable, "-m", "benchmarks.ingest", "--task", task, "--file", str(path)]
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode == 0:
                    found.setdefault(task, []).append([float(each) for each in done.stdout.split()])
                elif "No module named" not in done.stderr:
                    raise SystemExit(done.stderr)
        for task, runs in found.items():
            read, seconds, cpu, peak = (statistics.median(column) for column in zip(*runs, strict=True))
            print(
                f"{task:8} {read:12,.0f} rows {seconds:8.2f} s {size / seconds / 1e6:8.0f} MB/s "
                f"{cpu:8.2f} processor s {peak / 2**20:8,.0f} MiB peak"
            )


if __name__ == "__main__":
    main()
