"""A cross-validation in sentences, for a reader outside the field."""

from typing import Any

from core.metrics.table import METRICS
from core.results.pooled import Pooled
from core.runs.folds import FoldRuns
from core.tasks import figure, headline_of, interval_of, readable, span


def outcome_sentences(pooled: Pooled, unfinished: bool) -> tuple[str, ...]:
    """The figure over all rows with its interval, and whether it beats the best baseline."""
    name = headline_of(pooled.result)
    interval = interval_of(pooled.result, name)
    sentence = (
        f"Each of {'these' if unfinished else 'the'} {pooled.result['rows']:,} rows was judged once, by a model that had not seen "
        f"it in training: {METRICS[name].spoken} {figure(name, pooled.result['metrics'][name])} "
        f"({span(name, interval)})."
    )
    verdict = pooled.result["verdict"]
    return (sentence, *((verdict["sentence"],) if verdict else ()), *pooled.result["notes"])


def meaning_sentences(folds: FoldRuns, pooled: Pooled) -> tuple[str, ...]:
    """What the figure is good for, and what it is not."""
    name = headline_of(pooled.result)
    sentences = [_between(name, METRICS[name].spoken, pooled)]
    if folds.aside:
        sentences.append(f"The set's own test part, {folds.aside:,} rows, stayed aside: no fold has seen it.")
    if pooled.repeated:
        sentences.append(
            f"{_rows(pooled.repeated)} the very same text as a row of another fold, so {_their(pooled.repeated)} model may have "
            "learnt it: drop exact duplicates first, and the figure is fairer."
        )
    return tuple(sentences)


def _between(name: str, metric: str, pooled: Pooled) -> str:
    spread = pooled.spread[name]
    meaning = (
        f"The figure is what this training reaches on such texts when it learns from a part of them; no single model has this {metric}, "
        "and the models of the folds differ"
    )
    if spread["deviation"] is None or spread["low"] is None:
        return f"{meaning}."
    deviation = f"{100 * spread['deviation']:.1f} points" if METRICS[name].share else readable(spread["deviation"])
    return (
        f"{meaning}: over their own rows from {figure(name, spread['low'])} to {figure(name, spread['high'])}, mean "
        f"{figure(name, spread['mean'])}, standard deviation {deviation}. They share most of their training rows, so the "
        "interval is a little too narrow."
    )


def unfinished_sentence(folds: FoldRuns, pooled: Pooled | None, open_folds: list[dict[str, Any]]) -> str:
    """Which folds have not finished and why; empty where every fold has.

    Args:
        open_folds: a line of ``Joined.standing`` for each of them.
    """
    if not open_folds:
        return ""
    done = folds.folds - len(open_folds)
    counted = f"{done} of {folds.folds} folds {'has' if done == 1 else 'have'} finished"
    sofar = f"{pooled.result['rows']:,} of {folds.rows:,} rows are judged so far" if pooled else "no row is judged yet"
    reasons = "; ".join(_open(line) for line in open_folds)
    return f"{counted}, {sofar}, and the figures may still move. {reasons[0].upper()}{reasons[1:]}."


def _open(line: dict[str, Any]) -> str:
    if line["run"] is None:
        return f"fold {line['fold']} has no run (perhaps it was deleted)"
    verb = "has" if line["state"] == "failed" else "is"
    why = f" ({line['error']['message'].rstrip('.')})" if line["error"] else ""
    return f"fold {line['fold']} {verb} {line['state']}{why}"


def _rows(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"


def _their(count: int) -> str:
    return "its" if count == 1 else "their"
