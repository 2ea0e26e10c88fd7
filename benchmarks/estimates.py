"""Time and memory as told before the start, beside what happened: six runs on two data sets.

    python -m benchmarks.estimates [--only N …] [--scale 1.0] [--again] [--markdown FILE]

What happened is the worker process's own: seconds from its start to its end, and its peak memory. The first round judges the
guess; with --again each run is repeated, so that the estimate can build on the first one.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.subprocesses import run_child
from benchmarks.workloads import store

RUNS: tuple[dict[str, Any], ...] = (
    {"dataset": "imdb", "strategy": "full", "max_length": 256, "epochs": 1, "train_size": 1500, "test_size": 1000},
    {"dataset": "imdb", "strategy": "linear_probe", "max_length": 256, "train_size": 2000, "test_size": 1000},
    {"dataset": "imdb", "strategy": "lora", "max_length": 128, "epochs": 1, "train_size": 2000, "test_size": 1000},
    {"dataset": "emotion", "strategy": "full", "max_length": 128, "epochs": 3, "batch_size": 32, "train_size": 4000},
    {"dataset": "emotion", "strategy": "top_k", "max_length": 64, "epochs": 3, "train_size": 4000},
    {"dataset": "emotion", "strategy": "lp_ft", "max_length": 64, "epochs": 2, "batch_size": 8, "train_size": 3000},
)


def main() -> None:
    """Estimate and run each; print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", type=int, default=range(1, len(RUNS) + 1), help="numbers of runs, from 1")
    parser.add_argument("--scale", type=float, default=1.0, help="share of each run's rows, for a quick look")
    parser.add_argument("--again", action="store_true", help="a second round, which knows the speed of the first")
    parser.add_argument("--markdown", metavar="FILE", help="write the table there as well")
    parser.add_argument("--guess", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.guess:
        print(json.dumps(guess(json.loads(asked.guess))))
        return
    lines = [
        "| run | round | seconds told | seconds seen | factor | MiB told | MiB seen | factor |", "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"GRAFT_HOME": home, "GRAFT_NO_SCHEDULER": "1"}
        stored = {name: store(name) for name in dict.fromkeys(RUNS[number - 1]["dataset"] for number in asked.only)}
        for turn in range(2 if asked.again else 1):
            for number in asked.only:
                settings = _scaled(RUNS[number - 1], asked.scale)
                lines.append(_line(settings | {"dataset": stored[settings["dataset"]]}, settings, turn + 1))
                print(lines[-1], file=sys.stderr, flush=True)
    print("\n".join(lines))
    if asked.markdown:
        Path(asked.markdown).write_text("\n".join(lines) + "\n", encoding="utf-8")


def guess(settings: dict[str, Any]) -> dict[str, Any]:
    """What the form would say; in a process of its own, since it loads torch."""
    from core.config import RunConfig
    from core.data.sets.lengths import dataset_lengths
    from core.data.sets.store import get_dataset
    from core.models.shape import shape_of
    from core.training.estimate import estimate

    config = RunConfig(**settings)
    dataset = get_dataset(config.dataset)
    counts = {part: dataset.size(part) for part in ("train", "validation", "test")}
    told = estimate(config, counts, dataset_lengths(dataset, config.model), shape_of(config.model))
    return {"seconds": told.seconds, "memory_mib": told.memory_mib}


def carry_out(settings: dict[str, Any]) -> dict[str, float]:
    """The run itself, through the command line."""
    from core.jobs.environment import WORKER_ENV
    from core.runs.folder import get_run

    words = [word for name, value in settings.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    run = get_run(run_child(["-m", "core", "train", *words, "--no-wait", "--json"]).value["run"])
    ended = run_child(["-m", "core", "worker", str(run.path)], env=WORKER_ENV)
    if run.result is None:
        sys.exit(f"The run did not finish: {run.status.get('error')}\n{run.log_tail()}")
    return {"seconds": ended.seconds, "memory_mib": ended.peak_mib}


def _line(settings: dict[str, Any], shown: dict[str, Any], turn: int) -> str:
    told = run_child(["-m", "benchmarks.estimates", "--guess", json.dumps(settings)]).value
    seen = carry_out(settings)
    cells = [
        ", ".join(f"{value}" if name in ("dataset", "strategy") else f"{name} {value}" for name, value in shown.items())
    ]
    cells.append(f"{turn}")
    for name in ("seconds", "memory_mib"):
        factor = max(told[name] / seen[name], seen[name] / told[name])
        cells += [f"{told[name]:,.0f}", f"{seen[name]:,.0f}", f"{factor:.2f}{'' if factor <= 1.5 else ' (beyond 1.5)'}"]
    return f"| {' | '.join(cells)} |"


def _scaled(settings: dict[str, Any], share: float) -> dict[str, Any]:
    sizes = {name: max(16, int(settings[name] * share)) for name in ("train_size", "test_size") if name in settings}
    return settings | sizes | ({} if share == 1.0 else {"validation_size": max(16, int(1000 * share))})


if __name__ == "__main__":
    main()
