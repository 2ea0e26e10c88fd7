"""Training beside other work: how OpenMP's threads wait decides what is left for others.

    python -m benchmarks.beside [--rows 150] [--rounds 2] [--markdown FILE]

MiniLM is fully fine-tuned for one epoch on the same IMDB reviews (256 tokens), alone and two at once, in processes that
take turns over the settings. Tokens a second of the training loop alone; loading is not counted, and two that run at once
start together. Needs the folder of test data (``GRAFT_TEST_DATA``).
"""

import argparse
import json
import sys
import threading
from pathlib import Path

from benchmarks.subprocesses import run_child
from benchmarks.workloads import DATA
from core.threads import PASSIVE_WAITING

# GNU's library, which torch brings on Linux, spins 300,000 times unless told otherwise
SETTINGS = {
    "spinning 300,000 times (the default)": {"GOMP_SPINCOUNT": "300000", "KMP_BLOCKTIME": "200"},
    "spinning 1,000 times (what Graft sets)": PASSIVE_WAITING,
    "not spinning": PASSIVE_WAITING | {"GOMP_SPINCOUNT": "0"},
}


def main() -> None:
    """Measure every setting in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--markdown")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.once:
        print(json.dumps({"tokens_per_second": _train(asked.rows)}))
        return
    if not (DATA / "imdb.parquet").exists():
        sys.exit(f"There is no imdb.parquet in {DATA}; set GRAFT_TEST_DATA to the folder that holds it.")
    alone: dict[str, list[float]] = {name: [] for name in SETTINGS}
    together: dict[str, list[float]] = {name: [] for name in SETTINGS}
    for _ in range(asked.rounds):
        for name, variables in SETTINGS.items():
            alone[name] += _speeds(asked.rows, variables, 1)
            together[name] += _speeds(asked.rows, variables, 2)
    lines = ["| threads wait | alone, tokens/s | two at once, each | of alone |", "|---|---|---|---|"]
    for name in SETTINGS:
        best, share = max(alone[name]), sum(together[name]) / len(together[name])
        spread = f"{min(together[name]):,.0f} to {max(together[name]):,.0f}"
        lines.append(f"| {name} | {min(alone[name]):,.0f} to {best:,.0f} | {spread} | {share / best:.0%} |")
    print("\n".join(lines))
    if asked.markdown:
        Path(asked.markdown).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _speeds(rows: int, variables: dict[str, str], processes: int) -> list[float]:
    """Tokens a second of each of ``processes`` that run at once."""
    speeds: list[float] = []
    words = ["-m", "benchmarks.beside", "--once", "--rows", str(rows)]
    children = [
        threading.Thread(target=lambda: speeds.append(run_child(words, variables).value["tokens_per_second"]))
        for _ in range(processes)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return speeds


def _train(rows: int) -> float:
    import numpy as np
    import pandas as pd
    import torch
    import transformers

    from core.config import RunConfig
    from core.models.classifier import load_classifier
    from core.training.devices import cores, default_device
    from core.training.encoding import encode
    from core.training.events import TrainingDone
    from core.training.job import LabelledRows, TrainingJob
    from core.training.loop import train

    torch.set_num_threads(cores())
    device = default_device()
    frame = pd.read_parquet(DATA / "imdb.parquet", columns=["text", "label"]).sample(rows, random_state=0)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    classifier = load_classifier("minilm", ("neg", "pos"), seed=0)
    texts = encode(frame["text"].tolist(), classifier.tokenizer, 256)
    learnt = LabelledRows(texts, (frame["label"] == "pos").to_numpy().astype(np.int64))
    nothing = LabelledRows(encode([], classifier.tokenizer, 256), np.zeros(0, dtype=np.int64))
    config = RunConfig("x", epochs=1, checkpoint_seconds=86400)
    job = TrainingJob(config, classifier.model, learnt, nothing, lambda *_: (0.0, {}), device.name, device.bf16)
    *_, done = train(job)
    assert isinstance(done, TrainingDone)
    return done.tokens / done.seconds


if __name__ == "__main__":
    main()
