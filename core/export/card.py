"""The model card: a README.md in the Hub's format, whose head lists the results in a form that machines read.

Texts of the data are never in it. Format: https://huggingface.co/docs/hub/model-cards (``model-index``).
"""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import jinja2

from core.export.measured import Measured
from core.export.measured_words import sentence_of, table_of
from core.export.report_settings import settings_of
from core.export.report_story import Story, tell
from core.metrics.table import METRICS
from core.runs.folder import Run
from core.tasks import figure, interval_of, span

TEMPLATES = Path(__file__).resolve().parent / "templates"
CARD = "README.md"
KINDS = {"single_label": "text-classification", "multi_label": "text-classification", "regression": "text-regression"}
ON_THE_HUB = {  # sources that have a short name here
    "minilm": "sentence-transformers/all-MiniLM-L6-v2",
    "mpnet": "sentence-transformers/all-mpnet-base-v2",
    "e5": "intfloat/multilingual-e5-small",
}
TYPES = {"macro_f1": "f1", "micro_f1": "f1"}  # as the Hub's metrics are called; others by their own names
BANDS = (0.0, 0.5, 0.7, 0.8, 0.9, 1.0)  # of the sureness of an answer, beside how often it was right


def write_card(run: Run, folder: Path, measured: Measured | None = None) -> Path:
    """Write the card of a run into ``folder``, with how an export was measured where it lies beside one.

    Raises:
        RunError: when the run has no result.
    """
    path = folder / CARD
    path.write_text(card_of(run, measured), encoding="utf-8")
    return path


def card_of(run: Run, measured: Measured | None = None) -> str:
    """The card of a finished run as Markdown with its head in YAML.

    Raises:
        RunError: when the run has no result.
    """
    story, result = tell(run), run.result
    assert result is not None  # tell has refused a run without
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    environment.filters |= {"plain": _plain}
    kept = measured.as_json() if measured else None
    return environment.get_template("card.md").render(
        head=_head(run, story, result), story=story, metrics=_metrics(result), weak=_weak(result), sure=_sure(run, result),
        settings=settings_of(run), export=kept and {"sentence": sentence_of(kept), "table": table_of(kept)},
        loads=_loads(run, measured), run=run,
    )  # fmt: skip


def _head(run: Run, story: Story, result: Mapping[str, Any]) -> str:
    """The YAML that a machine reads: task, source, and each result with its data set."""
    from huggingface_hub import EvalResult, ModelCardData

    dataset = dict(story.data)["Data set"]
    results = [
        EvalResult(
            task_type=KINDS[result.get("task", "single_label")], dataset_type=run.config.dataset, dataset_name=dataset,
            dataset_split=result["split"], metric_type=TYPES.get(name, name), metric_name=METRICS[name].title,
            metric_value=round(value, 6),
        )
        for name, value in result["metrics"].items()
        if name in METRICS and METRICS[name].shown and value is not None
    ]  # fmt: skip
    head = ModelCardData(
        model_name=run.name, eval_results=results, library_name="transformers" if run.config.source else None,
        pipeline_tag=KINDS["single_label"], base_model=_base(run), tags=["graft", f"strategy:{run.config.strategy}"],
    )  # fmt: skip
    return head.to_yaml()


def _base(run: Run) -> str | None:
    """The source's name on the Hub; None where it is not known to have one."""
    source = run.config.source
    if source in ON_THE_HUB:
        return ON_THE_HUB[source]
    return source if source.count("/") == 1 and not source.startswith((".", "/", "run:")) else None


def _metrics(result: Mapping[str, Any]) -> list[tuple[str, str, str, list[str]]]:
    """(title, value, interval, the same of each baseline) of each metric that has an interval."""
    return [
        (
            METRICS[name].title, figure(name, result["metrics"][name]), span(name, interval_of(result, name)),
            [figure(name, line["metrics"].get(name)) for line in result["baselines"]],
        )
        for name in result["intervals"]
        if name in METRICS
    ]  # fmt: skip


def _weak(result: Mapping[str, Any], most: int = 5) -> list[dict[str, Any]]:
    """The classes or labels that are found least often, least first."""
    judged = [line for line in result["metrics"].get("per_class", []) if line["support"]]
    return sorted(judged, key=lambda line: (line["recall"], -line["support"]))[:most]


def _sure(run: Run, result: Mapping[str, Any]) -> list[tuple[str, float, float, int]]:
    """(band, mean sureness, share that was right, rows) of the judged answers; none where answers carry no sureness."""
    table = run.read_predictions(result["split"])
    if not {"confidence", "correct"} <= set(table):
        return []
    sure, right = table["confidence"].to_numpy(), table["correct"].to_numpy(dtype=bool)
    found = []
    for low, high in pairwise(BANDS):
        rows = (sure >= low) & ((sure < high) | (high == 1.0))
        if rows.any():
            band = f"{100 * low:.0f} to {100 * high:.0f} %"
            found.append((band, float(sure[rows].mean()), float(right[rows].mean()), int(rows.sum())))
    return found


def _loads(run: Run, measured: Measured | None) -> str:
    """Which way of loading the card tells: that of the export beside it, or of the checkpoint."""
    if not run.config.source:
        return "counted"
    return "onnx" if measured is not None and measured.format != "checkpoint" else "checkpoint"


def _plain(text: str) -> str:
    """A text that says what it says in a Markdown table, whatever stands in it."""
    flat = " ".join(str(text).split())
    for mark in "\\`*_{}[]<>|#":
        flat = flat.replace(mark, f"\\{mark}")
    return flat
