"""The way between a source and its run: what either task loses and gains on it, with no further training.

``theta = (1 - alpha) * source + alpha * run`` for the encoder; each task keeps its own head. Source: Wortsman et al., 2022,
Robust fine-tuning of zero-shot models (WiSE-FT), https://arxiv.org/abs/2109.01903.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.errors import RunError
from core.jobs.phases.preparing import load_source
from core.merging.judged import JudgedModel
from core.metrics.accuracy import wilson_interval
from core.metrics.table import METRICS
from core.models.mixing import Weights, encoder_weights, interpolate, put_encoder
from core.runs.folder import Run
from core.strategies.registry import STRATEGIES
from core.tasks import figure
from core.transfer.abilities import Ability, abilities_of
from core.transfer.retention import check_asked, paired_retention

ALPHAS = tuple(step / 10 for step in range(11))
WITHIN = 0.01  # of the target's best on validation rows that may be given up for the source
Progress = Callable[[int, int], None]


def measure_curve(run: Run, alphas: Sequence[float] = ALPHAS, progress: Progress | None = None) -> dict[str, Any]:
    """Target and source at each point of the way, kept with the run.

    Returns:
        ``points``, ascending in ``alpha``, each with ``target_chosen`` and ``source_chosen`` on the rows that may choose, and
        ``target`` and ``source`` on those that judge, with intervals; ``retained`` is the paired comparison with the source.
        ``best``: the alpha that keeps most of the source among those that are within a point of the best target, both on the rows
        that choose. ``metric`` of the target, ``task`` of the source, ``sentence``.

    Raises:
        RunError: when nothing lies between the source and the run, or an alpha is not between 0 and 1.
    """
    way = _Way(run)
    wanted = sorted({*(_checked(alpha) for alpha in alphas), 0.0, 1.0})
    points = []
    for number, alpha in enumerate(wanted):
        points.append(way.point(alpha))
        if progress:
            progress(number + 1, len(wanted))
    best = choose_alpha(points, METRICS[way.judged.metric].higher)
    curve = {"points": points, "best": best, "metric": way.judged.metric, "task": way.ability.task}
    curve["sentence"] = curve_sentence(curve, best)
    run.write_curve(curve)
    return curve


def save_point(run: Run, alpha: float) -> Run:
    """The model at ``alpha`` as a new run.

    Raises:
        RunError: when the alpha is not between 0 and 1, or nothing lies between the source and the run.
    """
    way = _Way(run, asks=False)
    way.go(_checked(alpha))
    chosen = (run.curve or {}).get("best")
    by_rows = chosen is not None and abs(float(chosen) - alpha) < 1e-9
    sentence = (
        f"Mixed of {100 * alpha:.0f} % of run {run.short_name} and {100 * (1 - alpha):.0f} % of its source, with no further training; "
        + (
            "the share is chosen by validation rows and judged on test rows."
            if by_rows
            else "the share was named by hand, perhaps after its score on the test rows was seen: that score may flatter it."
        )
    )
    made = {"how": "interpolation", "runs": [run.id], "alpha": alpha, "sentence": sentence}
    return way.judged.save_as(f"{run.short_name}, {100 * alpha:.0f} % of the way", made)


def choose_alpha(points: Sequence[dict[str, Any]], higher: bool = True) -> float:
    """The alpha that keeps most of the source among those within a point of the best target, on rows that choose.

    Of equal ones the larger, which is nearer to the trained run.

    Args:
        higher: whether a larger target is better; of errors a hundredth of the smallest may be given up instead.
    """
    targets = np.array([point["target_chosen"] for point in points], dtype=np.float64)
    slack = WITHIN if higher else WITHIN * abs(targets.min())
    good = targets >= targets.max() - slack - 1e-12 if higher else targets <= targets.min() + slack + 1e-12
    allowed = [point for point, is_good in zip(points, good, strict=True) if is_good]
    return float(max(allowed, key=lambda point: (point["source_chosen"], point["alpha"]))["alpha"])


def curve_sentence(curve: dict[str, Any], alpha: float) -> str:
    """What the model at ``alpha`` has of either task beside the run itself, on the rows that judge."""
    here, run, source = (_at(curve, place) for place in (alpha, 1.0, 0.0))
    metric = METRICS[curve["metric"]]
    target = (
        f"{figure(metric.name, here['target'])} ({metric.title}; the run itself {figure(metric.name, run['target'])})"
    )
    return (
        f"At {100 * alpha:.0f} % of the way from the source to the run the target has {target}, and {curve['task']} "
        f"{100 * here['source']:.1f} % (the run {100 * run['source']:.1f} %, the source {100 * source['source']:.1f} %)."
    )


def _at(curve: dict[str, Any], alpha: float) -> dict[str, Any]:
    return min(curve["points"], key=lambda point: abs(point["alpha"] - alpha))


def _checked(alpha: float) -> float:
    if not 0.0 <= alpha <= 1.0:
        raise RunError(f"The alpha {alpha:g} is not on the way.", "Give a number from 0 (source) to 1 (run).")
    return float(alpha)


class _Way:
    """Both ends of the way, and the models that ask either task."""

    def __init__(self, run: Run, asks: bool = True):
        check_asked(run, "Ask for it when it has finished.")
        strategy = STRATEGIES[run.config.strategy]
        if strategy.from_scratch:
            raise RunError(f"Run {run.name} took no weights from its source.", "Name a run that was fine-tuned.")
        self.judged = JudgedModel(run)
        chosen = self.judged.chosen
        self._start = encoder_weights(load_source(run.config, chosen.dataset, chosen.task).model)
        self._end = {name: weight.cpu() for name, weight in encoder_weights(self.judged.model).items()}
        if all(bool((self._start[name] == self._end[name]).all()) for name in self._start if name in self._end):
            raise RunError(
                f"The encoder of run {run.name} did not move: nothing lies between it and its source.",
                "Name a run whose strategy trains the encoder.",
            )
        self._abilities = abilities_of(run, choosing=True)[:1] if asks else []

    @property
    def ability(self) -> Ability:
        return self._abilities[0]

    def go(self, alpha: float) -> Weights:
        """Put the weights at ``alpha`` into the run's model; gives them."""
        weights = interpolate(self._start, self._end, alpha)
        put_encoder(self.judged.model, weights)
        return weights

    def point(self, alpha: float) -> dict[str, Any]:
        """Both tasks at ``alpha``."""
        weights, ability = self.go(alpha), self.ability
        right, chooses = ability.ask(weights), ability.chooses
        judges = ~chooses
        choosing = right[chooses] if chooses.any() else right
        target, picked = self.judged.score("test"), self.judged.score("validation")
        return {
            "alpha": alpha, "target": target.value, "target_interval": target.interval,
            "source": float(right[judges].mean()), "source_interval": wilson_interval(int(right[judges].sum()), int(judges.sum())),
            "target_chosen": picked.value, "source_chosen": float(choosing.mean()),
            "retained": paired_retention(ability.before[judges], right[judges]),
        }  # fmt: skip
