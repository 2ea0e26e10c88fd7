"""What the lines of a study say, in sentences that their tests carry."""

from collections.abc import Sequence

from core.evaluation.seeds import FEWEST_SEEDS, WaysTest
from core.metrics.table import METRICS
from core.studies.ways import Line, Ways, too_few
from core.tasks import figure, readable


def reached(line: Line, headline: str) -> str:
    """``91.2 % accuracy on average over 3 trainings (90.8 % to 91.9 %)``."""
    if line.mean is None:
        return "no result"
    said = f"{figure(headline, line.mean)} {METRICS[headline].spoken}"
    if len(line.values) > 1:
        low, high = figure(headline, min(line.values)), figure(headline, max(line.values))
        said += f" on average over {len(line.values)} trainings ({low} to {high})"
    return said


def gap(test: WaysTest, signed: bool = False) -> str:
    """``4.1 points (95 % interval 2.0 to 6.2)``."""
    metric = METRICS[test.metric]
    size = test.difference if signed else abs(test.difference)
    unit = " points" if metric.share else f" of {metric.spoken}"
    said = f"{_number(size, metric.share, signed)}{unit}"
    if test.interval is None:
        return said
    low, high = test.interval
    if not signed and test.difference < 0:
        low, high = -high, -low
    return f"{said} (95 % interval {_number(low, metric.share)} to {_number(high, metric.share)})"


def best_sentence(ways: Ways) -> str:
    """Which way scores highest, which others are not shown to be worse, and which of those is quickest."""
    trained = [line for line in ways.lines if line.planned and line.mean is not None]
    if not trained:
        return ""
    best = trained[0]
    said = [
        f"Best of {len(trained)}: {best.name}, {reached(best, ways.headline)}."
        if trained[1:]
        else f"{best.name}: {reached(best, ways.headline)}."
    ]
    others = trained[1:]
    if others and too_few(trained):
        said.append(f"So few trainings of each do not tell ways of training apart; {FEWEST_SEEDS} seeds of each would.")
        return " ".join(said)
    level = [line for line in others if not _is_worse(ways, best, line)]
    if others and not level:
        said.append("Every other is shown to be worse.")
    elif level:
        said.append(f"{_names(level)} {'is' if len(level) == 1 else 'are'} not shown to be worse.")
        quick = min([best, *level], key=lambda line: line.seconds or 0.0)
        if quick is not best and (quick.seconds or 0.0) < 0.7 * (best.seconds or 0.0):
            said.append(
                f"Of these {quick.name} is quickest: {_seconds(quick.seconds)} a training against {best.seconds:.0f} s."
            )
    if len(trained) > 2:
        said.append("The best of several is flattered a little by having been picked on these rows.")
    return " ".join(said)


def _seconds(seconds: float | None) -> str:
    return f"{seconds:.0f} s" if seconds and seconds >= 1 else "under a second"


def beside_sentence(ways: Ways, name: str) -> str:
    """Whether a way beats the best baseline beside it."""
    own = ways.line(name)
    rivals = [line for line in ways.lines if not line.planned and not line.transfers and line.mean is not None]
    if own is None or own.mean is None or not rivals:
        return ""
    rival = rivals[0]  # the lines stand best first
    test = ways.test(name, rival.name)
    beginning = f"{rival.name} reaches {figure(ways.headline, rival.mean)}"
    if test is None or test.verdict in ("too_few_seeds", "too_few_rows"):
        why = {
            "too_few_seeds": f"whether training again would change the order takes {FEWEST_SEEDS} seeds",
            "too_few_rows": "these rows are too few to tell them apart",
        }.get(test.verdict if test else "", "they could not be tested")
        return f"{beginning}; {why}."
    if test.verdict == "not_shown":
        return f"{beginning}; no difference is shown ({gap(test, signed=True)})."
    better = METRICS[test.metric].better(test.difference)
    return f"{beginning}: {'better' if better else 'worse'} than that by {gap(test)}; chance hardly explains it."


def about_sentence(ways: Ways) -> str:
    """What the verdicts are about."""
    trained = [line for line in ways.lines if line.planned and line.mean is not None]
    if not trained:
        return ""
    if too_few(trained):
        return "This is about these models, not about training them again."
    if not any(tested.test.verdict in ("real", "not_shown") for tested in ways.tests):
        return "They were not judged by the same rows, or by too few, so that nothing could be tested."
    seeds = max(len(line.values) for line in trained)
    return f"This is about training this way: tested over the rows and over {seeds} seed{'s' if seeds > 1 else ''}."


def _is_worse(ways: Ways, best: Line, line: Line) -> bool:
    test = ways.test(best.name, line.name)
    return test is not None and test.verdict == "real" and METRICS[test.metric].better(test.difference)


def _names(lines: Sequence[Line]) -> str:
    names = [line.name for line in lines]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _number(value: float, share: bool, signed: bool = False) -> str:
    if not share:
        return readable(value)
    return f"{100 * value:{'+' if signed else ''}.1f}".replace("-0.0", "0.0")
