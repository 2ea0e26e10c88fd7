"""A result as a finished run has it, for tests that need one without a training."""

from typing import Any

FACTS = {
    "split": "test", "rows": 120, "evaluated_of": 120, "train_rows": 400, "labels": ["neg", "pos"], "rows_digest": "same",
    "seconds": 20.0, "tokens_per_second": 1234.5, "total_seconds": 30.0, "stopped_early": False, "share_cut": 0.0,
    "max_length": 64, "parameters": {"total": 1000, "trained": 1000}, "device": "cpu", "device_title": "CPU",
    "precision": "fp32", "peak_memory_mib": 700, "validation": None,
}  # fmt: skip
CLASSES = [{"label": name, "precision": 0.9, "recall": 0.9, "f1": 0.9, "support": 60} for name in ("neg", "pos")]
SCORES = {
    "metrics": {"accuracy": 0.9, "macro_f1": 0.9, "per_class": CLASSES, "confusion": [[54, 6], [6, 54]], "loss": 0.3},
    "intervals": {"accuracy": [0.85, 0.95], "macro_f1": [0.85, 0.95]},
}
VERDICT = {
    "against": "tfidf", "sentence": "No difference is shown.", "better": False, "metric": "accuracy", "difference": 0.0,
    "interval": [-0.1, 0.1], "p": 1.0, "verdict": "not_shown", "rows": 120,
}  # fmt: skip


def whole_result(**changes: Any) -> dict[str, Any]:
    """Of one label a row, with ``changes``; other tasks give their own metrics, intervals and baselines."""
    baseline = {"name": "tfidf", "title": "TF-IDF", "sentence": "Counts words.", "seconds": 0.1, **SCORES}
    return (
        {"task": "single_label", **SCORES, "baselines": [baseline], "thresholds": None, "verdict": VERDICT}
        | FACTS
        | changes
    )
