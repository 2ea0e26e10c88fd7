"""What transfer is worth in a ladder: the difference, its test, and a sentence that holds for both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.evaluation.significance import holm, verdict
from core.metrics.table import METRICS
from core.strategies.registry import CONTROL, PROBE
from core.studies.rungs import FINE_TUNING, NAMES, Rung
from core.tasks import figure, readable


@dataclass(frozen=True, slots=True)
class Gain:
    """One way to transfer against the best rung without transfer.

    Attributes:
        of, against: keys of the two rungs.
        difference, interval: of the metric, 0..1 for a share; the interval is of this pair alone.
        p, p_corrected: Holm's over fine-tuning and the probe against every rung without transfer, since the best of those was picked
            afterwards, and either of the two may show that transfer pays.
        verdict: real, not_shown or too_few_rows, by the corrected p.
        pays: whether the difference is real and in favour of transfer.
        source: the same of the source left as it is, with a classifier on it; None where there is none, or of that itself.
    """

    metric: str
    of: str
    against: str
    difference: float
    interval: tuple[float, float] | None
    p: float
    p_corrected: float
    verdict: str
    pays: bool
    rows: int
    source: "Gain | None" = None

    @property
    def leading(self) -> "Gain":
        """This one, unless only the source left as it is shows that transfer pays."""
        return self.source if self.source and self.source.pays and not self.pays else self


def transfer_gain(rungs: Sequence[Rung]) -> Gain | None:
    """The gain, once fine-tuning and the rungs without transfer are done; None while the best of these cannot be tested.

    Fine-tuning was named before anything was seen; the rung without transfer is the best of those that are there, which can only
    make the gain smaller.
    """
    done = {rung.name: rung for rung in rungs if rung.done}
    without = [rung for rung in done.values() if not rung.transfers]
    rivals = [rung for rung in without if _known(rung.ahead)]
    if FINE_TUNING not in done or not rivals:
        return None
    best = _best(without)
    if best not in rivals:
        return None  # it has no test, such as too few seeds of its own, and beside a weaker one the gain would be too large
    beside = [rung for rung in rivals if PROBE in done and _known(rung.probe_ahead)]
    tests = [rung.ahead or {} for rung in rivals] + [rung.probe_ahead or {} for rung in beside]
    corrected = holm([test["p"] for test in tests])
    source = None
    if best in beside:
        place = len(rivals) + beside.index(best)
        source = _gain(done[PROBE], best, tests[place], corrected[place])
    place = rivals.index(best)
    return replace(_gain(done[FINE_TUNING], best, tests[place], corrected[place]), source=source)


def _best(rungs: Sequence[Rung]) -> Rung:
    return max(rungs, key=lambda rung: _reached(rung, METRICS[rung.headline].higher))


def _known(ahead: Mapping[str, Any] | None) -> bool:
    return bool(ahead) and (ahead or {})["p"] is not None


def _gain(own: Rung, rival: Rung, ahead: Mapping[str, Any], p: float) -> Gain:
    said = verdict(p, ahead["rows"])
    interval = ahead["interval"]
    pays = said == "real" and METRICS[own.headline].better(ahead["difference"])
    rows, apart = ahead["rows"], tuple(interval) if interval else None
    return Gain(own.headline, own.key, rival.key, ahead["difference"], apart, ahead["p"], p, said, pays, rows)


def gain_sentence(rungs: Sequence[Rung], gain: Gain | None, noun: str = "texts") -> str:
    """What the rungs reach, in figures that are remembered, and whether transfer pays, in words that the test carries.

    Args:
        noun: what the texts are called, in the plural.
    """
    done = {rung.name: rung for rung in rungs if rung.done}
    top = done.get(FINE_TUNING) or done.get(PROBE)
    if top is None:
        return ""
    return " ".join(filter(None, (_figures(done, top, noun), _verdict(done, gain), top.caveat)))


def _figures(done: dict[str, Rung], top: Rung, noun: str) -> str:
    """With 140 labelled messages 92 of 100 are answered right; counting words 71; ..."""
    also = f" (and {top.chosen_on:,} more to choose the checkpoint)" if top.chosen_on else ""
    with_labels = f"With {top.labels_used:,} labelled {noun} to learn from{also}"
    if top.headline == "accuracy":
        beginning = f"{with_labels} {_of_100(top)} of 100 are answered right"
        say = _of_100
    else:
        beginning = f"{with_labels} {METRICS[top.headline].spoken} reaches {figure(top.headline, top.value)}"

        def say(rung: Rung) -> str:
            return figure(rung.headline, rung.value)

    others = [
        ("counting words", done.get("counted")),
        ("with no labels, by the names of the classes", done.get(NAMES)),
        ("the same network without pretraining", done.get(CONTROL)),
    ]
    probe = done.get(PROBE)
    if (
        probe is not None
        and probe is not top
        and METRICS[top.headline].better((probe.value or 0.0) - (top.value or 0.0))
    ):
        others.insert(0, ("a classifier on the source left as it is", probe))
    parts = [beginning, *(f"{words} {say(rung)}" for words, rung in others if rung is not None)]
    return "; ".join(parts) + "."


def _of_100(rung: Rung) -> str:
    return f"{100 * (rung.value or 0.0):.0f}"


WITHOUT = {"trivial": "always the same answer", "counted": "counting words", CONTROL: "the network without pretraining"}


def _verdict(done: dict[str, Rung], gain: Gain | None) -> str:
    if gain is None:
        return _untested(done)
    if gain.verdict == "too_few_rows":
        return f"{gain.rows:,} rows are too few to say whether transfer pays."
    rival = next(WITHOUT[name] for name, rung in done.items() if rung.key == gain.against)
    metric = METRICS[gain.metric]
    size, span = _size(gain), _span(gain)
    way = "ahead of" if metric.better(gain.difference) else "behind"
    where = f"{size} {way}" if gain.difference else "level with"
    if gain.pays:
        said = f"Transfer pays here: fine-tuning is {size} better than {rival}, the best without it; chance hardly explains it ({span})."
    elif (source := gain.leading) is not gain:
        said = (
            "Transfer pays here, and fine-tuning is not what brings it: the source left as it is, with a classifier on it, is "
            f"{_size(source)} better than {rival}, the best without it; chance hardly explains it ({_span(source)}). "
            f"Fine-tuning is {where} {rival} ({span})."
        )
    elif gain.verdict == "not_shown":
        said = f"No gain from transfer is shown: fine-tuning is {where} {rival}, the best without it, as chance might bring ({span})."
    else:
        said = f"Transfer does not pay here: {rival} is {size} better than fine-tuning; chance hardly explains it ({span})."
    seeds = next((rung.seeds for name, rung in done.items() if name == FINE_TUNING), 1)
    if seeds > 1:
        return f"{said} Figures are means over {seeds} trainings, tested over the rows and the seeds."
    return f"{said} This is about these models, trained once each."


def _untested(done: dict[str, Rung]) -> str:
    """Why nothing is said of whether transfer pays, where the best rung without it has no test."""
    without = [rung for rung in done.values() if not rung.transfers]
    if FINE_TUNING not in done or not any(_known(rung.ahead) for rung in without):
        return ""
    rival = WITHOUT[_best(without).name]
    return f"Whether transfer pays is not said: {rival} is the best without it, and too few of its trainings are done for a test."


def _size(gain: Gain) -> str:
    share = METRICS[gain.metric].share
    return f"{_number(abs(gain.difference), share)}{' points' if share else f' of {METRICS[gain.metric].spoken}'}"


def _span(gain: Gain) -> str:
    """The interval, told as the size of the difference, and the rows."""
    span = f"{gain.rows:,} rows"
    if gain.interval is None:
        return span
    low, high = gain.interval if gain.difference >= 0 else (-gain.interval[1], -gain.interval[0])
    share = METRICS[gain.metric].share
    return f"95 % interval {_number(low, share)} to {_number(high, share)}, {span}"


def _number(value: float, share: bool) -> str:
    return f"{round(100 * value, 1) + 0.0:.1f}" if share else readable(value)  # never -0.0


def _reached(rung: Rung, higher: bool) -> float:
    value = rung.value
    return float("-inf") if value is None else value if higher else -value
