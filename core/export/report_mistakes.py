"""What a model mixes up, as a table of counts where there is room, else as a list; of scores as points."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from core.evaluation.details import mix_ups
from core.export.report_figures import scatter_svg, shades
from core.runs.folder import Run
from core.tasks import readable

WIDEST = 16  # classes of which a page holds a table of counts
POINTS = 400


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What is told of mistakes; what a kind of task does not have is empty.

    Attributes:
        sentence: the commonest of them.
        labels, counts, steps: of the table: true class by row, answer by column, and how dark each cell is.
        commonest: true, called, rows, share of the true class.
        classes: precision, recall, F1 and rows of each class or label.
        plot: true against predicted scores.
    """

    sentence: str
    labels: list[str] = field(default_factory=list)
    counts: list[list[int]] = field(default_factory=list)
    steps: list[list[int]] = field(default_factory=list)
    commonest: list[dict[str, Any]] = field(default_factory=list)
    classes: list[dict[str, Any]] = field(default_factory=list)
    plot: Markup = field(default_factory=Markup)


def mistakes_of(run: Run, result: Mapping[str, Any]) -> Mistakes:
    """What the judged rows show of them.

    Raises:
        RunError: when the predictions of a run that gives scores cannot be read.
    """
    metrics = result["metrics"]
    kind = result.get("task", "single_label")
    if kind == "regression":
        table = run.read_predictions(result["split"], ["row", "label", "prediction"]).sort_values("row")
        drawn = table if len(table) <= POINTS else table.sample(POINTS, random_state=0)
        plot = scatter_svg(
            drawn["label"].to_numpy(float), drawn["prediction"].to_numpy(float), "True and predicted scores", "true score"
        )  # fmt: skip
        spread = (
            f"; the true scores spread by {readable(metrics['spread'])} around their mean"
            if "spread" in metrics
            else ""
        )
        off = f"Off by {readable(metrics['mae'])} on average{spread}. " if metrics.get("mae") is not None else ""
        return Mistakes(
            f"{off}Each point is a text, its predicted score upwards; on the dashed line an answer is exact.", plot=plot
        )
    classes = metrics["per_class"]
    if kind == "multi_label":
        return Mistakes(
            f"A text truly has {metrics['labels_true']:.2f} labels and is given {metrics['labels_given']:.2f}, on average.",
            classes=classes,
        )
    commonest = mix_ups(metrics["confusion"], result["labels"])
    if not commonest:
        return Mistakes("None: every judged text was answered right.", classes=classes)
    first = commonest[0]
    sentence = (
        f"The commonest: {first['rows']:,} of the texts that are “{first['true']}” "
        f"({100 * first['share']:.0f} %) were called “{first['called']}”."
    )
    if len(result["labels"]) > WIDEST:
        return Mistakes(sentence, commonest=commonest, classes=classes)
    counts = metrics["confusion"]
    return Mistakes(sentence, list(result["labels"]), counts, shades(counts), commonest[:6], classes)
