"""How many labels? All methods on the same growing draws of labelled rows, and what more labels would bring."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from core.config import RunConfig
from core.data.sets.store import DataSet
from core.errors import StudyError
from core.evaluation.label_curve import backtest, forecast
from core.metrics.table import METRICS
from core.strategies.registry import CONTROL, PROBE, STRATEGIES
from core.studies.folder import Cell, Planned, Study
from core.studies.grid import grid
from core.studies.kind import Asked, Kind, known_strategies
from core.studies.label_series import LabelCurve, Series
from core.studies.labels_sentences import labels_sentence
from core.studies.rungs import COUNTED, NAMES
from core.studies.standing import UNDER_WAY, state_of
from core.studies.ways import Ways, corrected, read_ways

LABELS = "labels"
SMALLEST, DOUBLINGS = 8, 4  # labelled rows a class at the left end, and how often they grow twofold
MORE = 1000  # labels that a forecast adds


def plan_labels(dataset: DataSet, config: RunConfig, asked: Asked) -> tuple[Planned, ...]:
    """Each method on each size with each draw; smaller draws lie inside larger ones, and all methods see the same.

    At most as many validation rows as training rows choose the checkpoint: who has 80 labels has no thousand to choose by.

    Raises:
        StudyError: when a size does not grow, or a strategy does not exist.
    """
    classes, most = max(1, len(dataset.labels)), dataset.size("train")
    given = asked.sizes or tuple(SMALLEST * 2**step for step in range(DOUBLINGS + 1))
    if any(a >= b for a, b in pairwise(given)) or min(given) < 1:
        raise StudyError(
            f"The sizes are {', '.join(map(str, given))}.", "Give growing numbers of labelled rows a class."
        )
    counts = sorted({min(size * classes, most) for size in given})
    methods = known_strategies(asked.strategies or tuple(dict.fromkeys((config.strategy, PROBE, CONTROL))))
    sizes = {
        f"{count:,} labels": {"train_size": count, "validation_size": min(count, config.validation_size or count)}
        for count in counts
    }
    options = {
        STRATEGIES[name].title: {"strategy": name} | ({} if name == config.strategy else {"learning_rate": None})
        for name in methods
    }
    return grid(config, {LABELS: sizes, "method": options}, asked.seeds)


def read_labels(study: Study) -> LabelCurve:
    """The curves as far as the runs have come, and what they say once all have ended.

    Raises:
        StudyError: when the study is damaged.
    """
    cells = study.cells()
    final = state_of(study) not in UNDER_WAY
    sizes = sorted({_size(cell) for cell in cells})
    ways = {
        size: read_ways([cell for cell in cells if _size(cell) == size], final=final, fixed=(), paired=True)
        for size in sizes
    }
    known = [each for each in ways.values() if each.headline]
    top = cells[0].plan.config.strategy
    if not known:
        return LabelCurve("", (), top, (), None, (), 0, "", "")
    headline, metric = known[0].headline, METRICS[known[0].headline]
    series = _series(cells, ways)
    own = next((one for one in series if one.key == top), series[0])
    words = next((one for one in series if one.key in COUNTED), None)
    pairs, tests = [], []
    beside = dict(words.lines) if words else {}
    for size, line in own.lines:
        test = ways[size].test(line.name, beside[size].name) if size in beside else None
        if test and words:
            pairs.append((own.title, f"{words.title}, {size:,} labels"))
            tests.append(test)
    best = 1.0 if metric.share else 0.0
    points = own.points
    more = forecast(points, points[-1].labels + MORE, best=best, higher=metric.higher) if final and points else None
    tried = tuple(backtest(points, best=best, higher=metric.higher)) if final else ()
    curve = LabelCurve(
        headline,
        tuple(series),
        own.key,
        corrected(pairs, tests) if final else (),
        more,
        tried,
        known[-1].rows,
        known[-1].caveat,
        "",
    )
    if not final:
        return curve
    return replace(curve, sentence=labels_sentence(curve, str(study.read()["noun"])))


def _series(cells: Sequence[Cell], ways: dict[int, Ways]) -> list[Series]:
    """A series for each method of the plan, then for each baseline."""
    methods = list(dict.fromkeys((cell.plan.config.strategy, cell.plan.factors["method"]) for cell in cells))
    series = []
    for key, title in methods:
        lines = [
            (size, line)
            for size, each in ways.items()
            if (line := next((own for own in each.lines if own.factors.get("method") == title), None))
        ]
        series.append(Series(key, title, tuple(lines), STRATEGIES[key].transfers))
    beside = list(dict.fromkeys(
        (line.factors["baseline"], line.name, line.transfers) for each in ways.values() for line in each.lines if not line.planned
    ))  # fmt: skip
    for key, title, transfers in beside:
        lines = [(size, line) for size, each in ways.items() if (line := each.line(title))]
        if key == NAMES:
            lines = [(0, lines[0][1])]
        series.append(Series(key, title, tuple(lines), transfers))
    return series


def _size(cell: Cell) -> int:
    return int(cell.plan.config.train_size or 0)


LABEL_CURVE = Kind(
    "labels", "Labels needed", "How many labels does {dataset} need?",
    "Every method learns from the same growing draws of labelled rows. The curves say from how many labels on transfer still pays, how "
    "many it saves, and what labelling more would bring.",
    plan_labels, read_labels, asks=("seeds", "sizes", "strategies"),
)  # fmt: skip
