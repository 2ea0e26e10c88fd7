"""What the files of a run folder must hold to be used; see ``core.checked`` for how shapes are read."""

from collections.abc import Callable
from typing import Any

from core.checked import NUMBER, TEXT, TIME, TRUTH, WHOLE, Check, listing, mapping, one_of, optional, record
from core.tasks import METRICS, TASKS, task_of

STATES = ("queued", "starting", "running", "stopping", "stopped", "finished", "failed", "interrupted")
PARTS = ("train", "validation", "test")

ERROR = record({"message": TEXT, "hint": TEXT})
PROCESS = record({"host": TEXT, "pid": WHOLE, "created": NUMBER})
STATUS = record(
    {"state": one_of(*STATES)},
    dict.fromkeys(("queued_at", "spawned_at", "started_at", "heartbeat", "ended_at"), optional(TIME))
    | dict.fromkeys(("progress", "eta_seconds", "epoch", "loss", "learning_rate"), optional(NUMBER))
    | dict.fromkeys(("tokens_per_second", "device_load", "memory_mib", "peak_memory_mib"), optional(NUMBER))
    | dict.fromkeys(("attempt", "step", "total_steps", "phase_done", "phase_total"), optional(WHOLE))
    | dict.fromkeys(("device", "device_title", "precision", "phase"), optional(TEXT))
    | {"devices": optional(listing(TEXT)), "process": optional(PROCESS), "error": optional(ERROR)},
)
CONFIG = record({"dataset": TEXT}, {"model": TEXT, "revision": optional(TEXT), "device": TEXT})
META: dict[str, Check] = {"name": TEXT, "tags": listing(TEXT), "note": TEXT, "created": TIME, "fold": optional(
    record({"id": TEXT, "name": TEXT, "number": WHOLE, "folds": WHOLE, "dataset": TEXT, "rows": WHOLE}, {"aside": WHOLE})
), "study": optional(record({"id": TEXT, "cell": TEXT})),
    "made": optional(record({"how": TEXT, "runs": listing(TEXT), "sentence": TEXT}, {"alpha": optional(NUMBER)}))}  # fmt: skip
EVENTS: dict[str, Check] = {  # kind -> what the curves and the store need of it
    "started": record({"first_step": WHOLE}),
    "step": record({"step": WHOLE}, {"epoch": optional(NUMBER), "loss": optional(NUMBER), "time": TIME}),
    "evaluated": record(
        {"step": WHOLE}, {"epoch": optional(NUMBER), "loss": optional(NUMBER), "best": TRUTH, "time": TIME}
    ),
    "warning": record({"message": TEXT}),
}

_SPAN = optional(listing(optional(NUMBER), 2))
_KEPT = {
    "task": TEXT, "rows": WHOLE, "source_before": NUMBER, "source_after": NUMBER, "difference": NUMBER, "verdict": TEXT,
    "target": NUMBER, "target_metric": TEXT, "sentence": TEXT,
}  # fmt: skip
RETENTION = record(_KEPT | {"also": listing(record(_KEPT))}, {"gain": optional(NUMBER), "interval": _SPAN})
_POINT = {name: optional(NUMBER) for name in ("target", "source", "target_chosen", "source_chosen")}
CURVE = record(
    {"points": listing(record(
        {"alpha": NUMBER} | _POINT, {"target_interval": _SPAN, "source_interval": _SPAN}
    )), "best": NUMBER, "metric": TEXT, "task": TEXT, "sentence": TEXT}
)  # fmt: skip
SEQUENCE = record(
    {"tasks": listing(record({"run": TEXT, "name": TEXT})), "matrix": listing(listing(optional(NUMBER))), "mean_backward": NUMBER,
     "backward": listing(record(
        {"task": TEXT, "difference": NUMBER, "verdict": TEXT, "rows": WHOLE, "interval": listing(NUMBER, 2)}
    )), "sentence": TEXT},
    {"mean_forward": optional(NUMBER)},
)  # fmt: skip

_ANYTHING: Check = lambda value: ""  # noqa: E731
_INTERVALS = mapping(optional(listing(optional(NUMBER), 2)))
_CLASS = record({"label": TEXT, "precision": optional(NUMBER), "recall": optional(NUMBER), "f1": optional(NUMBER)})
_SCORES: dict[str, Check] = {"per_class": listing(_CLASS), "confusion": listing(listing(WHOLE))}
_RESULT = record(
    {
        "metrics": record({}, _SCORES), "intervals": _INTERVALS, "rows": WHOLE, "split": one_of(*PARTS),
        "labels": listing(TEXT), "rows_digest": TEXT, "train_rows": WHOLE,
        "baselines": listing(record(
            {"name": TEXT, "title": TEXT, "sentence": TEXT, "metrics": record({}, _SCORES), "intervals": _INTERVALS}
        )),
        "verdict": record({"sentence": TEXT, "verdict": TEXT, "against": TEXT, "difference": NUMBER}),
        "seconds": NUMBER, "tokens_per_second": NUMBER, "total_seconds": NUMBER, "evaluated_of": WHOLE,
        "parameters": record({"total": WHOLE, "trained": WHOLE}), "share_cut": NUMBER, "max_length": WHOLE,
        "device_title": TEXT, "precision": TEXT, "stopped_early": TRUTH,
    },
    {
        "task": one_of(*TASKS), "thresholds": optional(listing(NUMBER)), "epochs": optional(WHOLE),
        "averaging": optional(record({"sentence": TEXT})), "validation": optional(mapping(optional(NUMBER))),
        "layers": optional(record({"moved": listing(optional(NUMBER)), "rates": listing(optional(NUMBER))})),
        "source_fit": optional(record(
            {"sentence": TEXT, "missing": listing(TEXT), "left_over": listing(TEXT), "matched": listing(TEXT)},
            {"differs": listing(listing(_ANYTHING, 3))},
        )),
        "peak_memory_mib": optional(NUMBER), "energy_wh": optional(NUMBER),
    },
)  # fmt: skip


def result_shape(value: Any) -> str:
    """What is wrong with a result: its keys, or scores that its own task must have."""
    if wrong := _RESULT(value):
        return wrong
    task = task_of(value.get("task", "single_label"))
    for place, scored in [("", value), *((f"baseline {line['name']!r} whose ", line) for line in value["baselines"])]:
        for name in _scored(task.kind):
            if name not in scored["metrics"]:
                return f"holds a {place}'metrics' that hold no {name!r}"
        for name in METRICS:
            if name in scored["metrics"] and (said := optional(NUMBER)(scored["metrics"][name])):
                return f"holds a {place}{name!r} that {said}"
        if task.headline not in scored["intervals"]:
            return f"holds a {place}'intervals' that hold no {task.headline!r}"
    if value.get("thresholds") and len(value["thresholds"]) != len(value["labels"]):
        return "holds thresholds that do not belong to its labels"
    return ""


def _scored(kind: str) -> tuple[str, ...]:
    """Scores without which a task's result cannot be shown."""
    beside = {"single_label": ("per_class", "confusion"), "multi_label": ("per_class",)}
    return (TASKS[kind].headline, *beside.get(kind, ()))


def repaired(value: Any, shapes: dict[str, Check], defaults: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """``value`` with whatever does not fit its check replaced by its default; unknown keys stay."""
    given = value if isinstance(value, dict) else {}
    return defaults() | {name: entry for name, entry in given.items() if name not in shapes or not shapes[name](entry)}
