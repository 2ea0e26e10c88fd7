"""Soups: the mean of several runs' weights, members taken in greedily by the validation rows.

Source: Wortsman et al., 2022, Model soups, algorithm 1 (greedy), https://arxiv.org/abs/2203.05482.
"""

from collections.abc import Callable, Sequence
from typing import Any

from core.errors import RunError
from core.merging.judged import JudgedModel
from core.metrics.table import METRICS
from core.models.mixing import Weights, mean_weights
from core.results.predictor import Predictor
from core.runs.folder import Run, no_result
from core.tasks import figure

Score = Callable[[Weights], float]


def greedy_soup(states: Sequence[Weights], score: Score, higher: bool = True) -> tuple[list[int], list[float]]:
    """Which states make the best mean, best single one first, and the score of each alone.

    Args:
        score: of weights on the validation rows.
        higher: whether more is better.

    Returns:
        positions in ``states``, in the order in which they were taken in, and (states,) scores.
    """
    alone = [score(state) for state in states]
    sign = 1.0 if higher else -1.0
    order = sorted(range(len(states)), key=lambda place: (-sign * alone[place], place))
    members, reached = [order[0]], alone[order[0]]
    for place in order[1:]:
        mixed = score(mean_weights([states[member] for member in [*members, place]]))
        if sign * mixed >= sign * reached:
            members, reached = [*members, place], mixed
    return members, alone


def make_soup(runs: Sequence[Run]) -> dict[str, Any]:
    """Mix runs of one source and one set; a new run where more than one became a member.

    Returns:
        ``run``: id of the new run, or of the best single one where no mean was as good; ``is_new``; ``members``, ids;
        ``alone``: run id -> validation score; ``metric`` and ``sentence``.

    Raises:
        RunError: when fewer than two runs are named, one is not finished, or they do not go together.
    """
    check_together(runs)
    runs = sorted(runs, key=lambda run: run.id)  # whatever the order in which they are named
    judged = JudgedModel(runs[0])
    model, metric = judged.model, METRICS[judged.metric]
    states = [
        {name: value.cpu().clone() for name, value in Predictor.load(run).classifier.model.state_dict().items()}
        for run in runs
    ]
    if any({n: v.shape for n, v in state.items()} != {n: v.shape for n, v in states[0].items()} for state in states):
        raise RunError("These runs have models of different shapes.", "Choose runs of the same source and pooling.")

    def score(state: Weights) -> float:
        model.load_state_dict(state)
        return judged.score("validation").value

    members, alone = greedy_soup(states, score, metric.higher)
    told = {"metric": metric.name, "alone": {run.id: alone[place] for place, run in enumerate(runs)}}
    best = figure(metric.name, alone[members[0]])
    if len(members) == 1:
        sentence = (
            f"No mean was as good as the best run alone ({best} {metric.spoken} on validation rows): nothing is saved."
        )
        return told | {
            "run": runs[members[0]].id,
            "is_new": False,
            "members": [runs[members[0]].id],
            "sentence": sentence,
        }
    mixed = mean_weights([states[place] for place in members])
    reached = score(mixed)
    sentence = (
        f"The mean of {len(members)} of {len(runs)} runs, taken in one after the other while the validation rows did not get worse: "
        f"{figure(metric.name, reached)} {metric.spoken} there, beside {best} of the best of them."
    )
    ids = [runs[place].id for place in members]
    made = {"how": "soup", "runs": ids, "sentence": sentence}
    judged = JudgedModel(
        runs[members[0]]
    )  # the best one's settings and rows; what is learnt from is what any of them learnt from
    judged.model.load_state_dict(mixed)
    judged.learnt_from([runs[place] for place in members[1:]])
    run = judged.save_as(f"soup of {len(members)}: {runs[members[0]].short_name}", made)
    return told | {"run": run.id, "is_new": True, "members": ids, "sentence": sentence}


def check_together(runs: Sequence[Run]) -> None:
    """Refuse runs that cannot be mixed.

    Raises:
        RunError: naming the run and what is different.
    """
    if len({run.id for run in runs}) < 2:
        raise RunError("A soup needs two or more different runs.", "Name several runs of one source on one set.")
    first = runs[0]
    for run in runs:
        if run.result is None:
            raise no_result(run, "Wait until it has finished.")
        if not run.config.source:
            raise RunError(f"Run {run.short_name} counts words: it has no weights to mix.", "Name other runs.")
        for name in ("model", "revision", "dataset", "max_length", "truncation", "pooling"):
            one, other = getattr(first.config, name), getattr(run.config, name)
            if one != other:
                raise RunError(
                    f"Runs {first.short_name} and {run.short_name} differ in their {name}: {one} and {other}.",
                    "A soup is made of runs of the same source on the same set that read texts in the same way.",
                )
        if run.result["labels"] != (first.result or {})["labels"]:
            raise RunError(f"Run {run.short_name} has other labels than {first.short_name}.", "Name other runs.")
