"""What a curve over labels says, in sentences that its tests carry."""

from core.evaluation.seeds import FEWEST_SEEDS
from core.metrics.table import METRICS
from core.strategies.registry import CONTROL
from core.studies.label_series import LabelCurve, equal_labels
from core.studies.rungs import COUNTED
from core.tasks import figure, readable


def labels_sentence(curve: LabelCurve, noun: str = "texts") -> str:
    """Figures at both ends, where transfer is ahead, what it saves, and what more labels would bring."""
    return " ".join(
        filter(
            None, (_ends(curve, noun), _ahead(curve), labels_saved(curve), _more(curve), _about(curve), curve.caveat)
        )
    )


def _ends(curve: LabelCurve, noun: str) -> str:
    own = next(one for one in curve.series if one.key == curve.top)
    if not own.points:
        return ""
    first, last = own.points[0], own.points[-1]
    spoken = METRICS[curve.headline].spoken
    chosen = next((line.chosen_on for rows, line in own.lines if rows == first.labels), 0)
    also = f" (and {chosen:,} more to choose the checkpoint)" if chosen else ""
    reached = f"{_lower(own.title)} reaches {figure(curve.headline, first.mean)} {spoken}"
    said = f"With {first.labels:,} labelled {noun} to learn from{also} {reached}"
    if last is not first:
        said += f", with {last.labels:,} {figure(curve.headline, last.mean)}"
    others = []
    for one in curve.series:
        if one is own or not one.lines:
            continue
        if one.lines[0][0] == 0:
            others.append(f"with no label, by the names of the classes, {figure(curve.headline, one.lines[0][1].mean)}")
        elif one.key not in ("majority", "frequent_set", "mean") and one.points:
            ends = [one.points[0], one.points[-1]][: 2 if len(one.points) > 1 else 1]
            others.append(f"{_lower(one.title)} {' and '.join(figure(curve.headline, end.mean) for end in ends)}")
    return f"{said}; {'; '.join(others)}." if others else f"{said}."


def _ahead(curve: LabelCurve) -> str:
    """At which sizes the top method is ahead of counted words, and where that is not shown."""
    if not curve.tests:
        return ""
    better = METRICS[curve.headline].better
    words = {"ahead": [], "behind": [], "open": []}  # type: dict[str, list[str]]
    for tested in curve.tests:
        size = tested.b.rsplit(", ", 1)[1].removesuffix(" labels")
        if tested.test.verdict == "real":
            words["ahead" if better(tested.test.difference) else "behind"].append(size)
        elif tested.test.verdict == "not_shown":
            words["open"].append(size)
    said = []
    if words["ahead"]:
        said.append(f"It is shown to be ahead of counting words with {_list(words['ahead'])} labels")
    if words["behind"]:
        said.append(f"{'' if said else 'It is '}behind with {_list(words['behind'])}")
    if words["open"]:
        said.append(f"with {_list(words['open'])} no difference is shown" if said else f"No difference from counting words is shown with "
                    f"{_list(words['open'])} labels")  # fmt: skip
    return f"{'; '.join(said)}." if said else ""


def labels_saved(curve: LabelCurve) -> str:
    """Transfer with so many labels equals what without it takes so many; empty where nothing can be set beside it."""
    first, reached, missed = 0, [], []
    for one in curve.series:
        if one.key not in (*COUNTED, CONTROL) or not (found := equal_labels(curve, one.key)):
            continue
        first, needed = found
        name = "counting words" if one.key in COUNTED else "the same network without pretraining"
        if needed is None:
            missed.append(f"{name} with {one.points[-1].labels:,} stays below that")
        else:
            reached.append(f"{name} takes about {_round(needed):,}")
    if not (reached or missed):
        return ""
    return f"For what it reaches with {first:,} labels {'; '.join([*reached, *missed])}."


def _more(curve: LabelCurve) -> str:
    """What another 1,000 labels would bring, and how such a forecast held."""
    if curve.more is None:
        return ""
    own = next(one for one in curve.series if one.key == curve.top)
    last, metric = own.points[-1], METRICS[curve.headline]
    low, high = curve.more.interval
    share = metric.share

    def apart(value: float) -> str:
        return f"{100 * (value - last.mean):+.1f}" if share else readable(value - last.mean)

    unit = "points" if share else f"of {metric.spoken}"
    said = (
        f"The curve expects {apart(curve.more.value)} {unit} from another {curve.more.labels - last.labels:,} labels "
        f"(95 % interval {apart(low)} to {apart(high)})."
    )
    if curve.tried:
        test = curve.tried[-1]
        held = "which holds" if test.held else "which did not hold: do not lean on it"
        least, most = (figure(curve.headline, end) for end in test.forecast.interval)
        said += (
            f" Tried on what is known: for {test.forecast.labels:,} labels the smaller sizes expected "
            f"{figure(curve.headline, test.forecast.value)} ({least} to {most}), and {figure(curve.headline, test.came)} came, {held}."
        )
    return said


def _about(curve: LabelCurve) -> str:
    own = next(one for one in curve.series if one.key == curve.top)
    draws = max((len(line.values) for _, line in own.lines), default=0)
    if draws < FEWEST_SEEDS:
        return f"From {draws} draw{'s' if draws != 1 else ''} of the rows; verdicts need {FEWEST_SEEDS}."
    return f"Means over {draws} draws of the rows, each trained anew."


def _round(value: float) -> int:
    """Two digits that count."""
    digits = max(0, len(str(int(value))) - 2)
    return int(round(value, -digits))


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _lower(title: str) -> str:
    """A title inside a sentence; what is written in capitals stays so."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
