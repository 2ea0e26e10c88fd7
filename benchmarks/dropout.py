"""What leaving attention weights whole costs in accuracy: three data sets, five seeds, the same rows for both.

    python -m benchmarks.dropout [--sets emotion …] [--seeds 5] [--rows 800] [--settings layers all]

Each training runs in this process with the loop that runs use, after the last epoch judged on held-out rows; prints a
table with the mean paired difference and its interval (bootstrap over seeds and rows).
"""

import argparse
import os
import tempfile

import numpy as np

SETS = {"emotion": (1.0, 128), "customer_reviews": (1.0, 128), "imdb": (0.4, 128)}  # share of the rows, tokens
JUDGED, EPOCHS, BATCH = 800, 2, 16


def main() -> None:
    """Train and judge every combination, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=800)
    parser.add_argument("--settings", nargs=2, default=["layers", "all"])
    asked = parser.parse_args()
    print(
        f"| set | {asked.settings[0]} | {asked.settings[1]} | difference (95 % interval) | tokens/s | |\n|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"GRAFT_HOME": home, "GRAFT_NO_SCHEDULER": "1"}
        for name in asked.sets:
            print(_line(name, asked), flush=True)


def _line(name: str, asked: argparse.Namespace) -> str:
    from benchmarks.bench import paired_bootstrap

    right: dict[str, list[np.ndarray]] = {each: [] for each in asked.settings}
    speed: dict[str, list[float]] = {each: [] for each in asked.settings}
    for seed in range(asked.seeds):
        for each in asked.settings if seed % 2 == 0 else asked.settings[::-1]:
            hits, tokens_per_second = _train(name, each, seed, asked.rows)
            right[each].append(hits)
            speed[each].append(tokens_per_second)
    ours, theirs = (np.stack(right[each]).astype(float) for each in asked.settings)
    mean, low, high = (100 * value for value in paired_bootstrap(ours - theirs))
    fast = " | ".join(f"{np.mean(speed[each]):,.0f}" for each in asked.settings)
    return (
        f"| {name} | {100 * ours.mean():.1f} % | {100 * theirs.mean():.1f} % | {mean:+.2f} ({low:+.2f} to {high:+.2f}) "
        f"points | {fast} |"
    )


def _train(name: str, dropout: str, seed: int, rows: int) -> tuple[np.ndarray, float]:
    """Which held-out rows are right after a training, (rows,) bool, and its real tokens a second."""
    import torch

    from benchmarks.workloads import rows_of, store
    from core.config import RunConfig
    from core.models.classifier import load_classifier
    from core.training.devices import cores, default_device
    from core.training.encoding import encode
    from core.training.events import TrainingDone
    from core.training.job import LabelledRows, TrainingJob
    from core.training.loop import train
    from core.training.scoring import score

    share, length = SETS[name]
    learnt, judged, labels = rows_of(store(name), round(rows * share), JUDGED, seed)
    torch.set_num_threads(cores())
    device = default_device()
    classifier = load_classifier("minilm", labels, seed=seed)
    numbers = {label: place for place, label in enumerate(labels)}
    parts = [
        LabelledRows(encode(part["text"].tolist(), classifier.tokenizer, length), part["label"].map(numbers).to_numpy())
        for part in (learnt, judged)
    ]
    nothing = LabelledRows(encode([], classifier.tokenizer, length), np.zeros(0, dtype=np.int64))
    config = RunConfig(
        "x", epochs=EPOCHS, batch_size=BATCH, max_length=length, seed=seed, dropout=dropout, checkpoint_seconds=86400
    )
    done = None
    for event in train(
        TrainingJob(config, classifier.model, parts[0], nothing, lambda *_: (0.0, {}), device.name, device.bf16)
    ):
        done = event
    assert isinstance(done, TrainingDone)
    logits = score(classifier.model, parts[1].encoded, device.name, device.bf16)
    return logits.argmax(axis=1) == parts[1].labels, done.tokens / done.seconds


if __name__ == "__main__":
    main()
