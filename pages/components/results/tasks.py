"""What a run learnt beside its own labelled rows: other tasks at once, and texts without labels before."""

import streamlit as st

from core import charts
from core.config import ADAPT_OWN
from core.errors import GraftError
from core.runs.folder import Run, get_run
from core.runs.history import History
from core.tasks import headline_of
from core.training.estimate import took
from pages.components.shared import words
from pages.components.shared.links import run_link
from pages.components.shared.theme import show_chart


def task_curves(history: History, key: str) -> None:
    """A line for each task; nothing where one was learnt."""
    if "tasks" not in history.evaluations or not history.evaluations["tasks"].map(bool).any():
        return
    sets = list(history.evaluations["tasks"].iloc[-1])
    show_chart(charts.task_curves(history.evaluations, {name: words.dataset_name(name) for name in sets}), key=key)
    st.caption(
        "One encoder learns all of them, and the checkpoint is kept that is best on their mean. The training loss above is told in "
        "multiples of what guessing pays, so that the tasks can be added up."
    )


def joint_line(run: Run) -> None:
    """Which sets were learnt with it, and the run that trained for all; nothing where it was alone."""
    joint = (run.result or {}).get("joint")
    if not joint:
        return
    others = [words.plain(words.dataset_name(name)) for name in joint["sets"] if name != run.config.dataset]
    st.caption(f"Learnt at once with {', '.join(others)}: the time and the updates are those of the one training.")
    if joint["run"] != run.id:
        try:
            run_link(get_run(joint["run"]), "The run that trained for all")
        except GraftError:
            st.caption("The run that trained for all was deleted.")


def along_line(run: Run) -> None:
    """What came of reading texts without labels during the training; nothing where that was not asked for."""
    told = (run.result or {}).get("along")
    if not told:
        return
    st.caption(
        f"Each step also read {told['rows']:,} texts of {_whose(told['from'])} without their labels and guessed hidden words; "
        f"that is {told['readings']:.1f} times all {told['texts']:,}. The loss on labels weighed {100 * told['share']:.0f} %. "
        f"Perplexity on texts that it did not read: {told['perplexity_before']:,.0f} before the fine-tuning, "
        f"{told['perplexity_after']:,.0f} after. Whether that helps the task is told by a run without it."
    )


def self_trained_line(run: Run) -> None:
    """What came of labelling texts by itself; nothing where that was not asked for."""
    told = (run.result or {}).get("self_trained")
    if not told:
        return
    rounds, result = told["rounds"], run.result or {}
    last, name = rounds[-1], headline_of(result)
    taken = ", ".join(f"{count:,} {words.plain(label)}" for label, count in last["taken"].items())
    models = "a first model" if len(rounds) == 1 else f"{len(rounds)} models, one after the other,"
    said = [
        f"Before, {models} labelled {told['texts']:,} texts of {_whose(told['from'])} ({took(told['seconds'])}). Of these "
        f"{told['taken']:,} joined the {result['train_rows']:,} labelled rows, each with a probability of at least "
        f"{100 * told['confidence']:.0f} % at the temperature {last['temperature']:.2f}: {taken}."
    ]
    if last["right"] is not None:
        said.append(
            f"{100 * last['right']:.0f} % of them carry the label that the set has for them, which was not looked at."
        )
    first, then = ((scores or {}).get(name) for scores in (rounds[0]["validation"], result.get("validation")))
    if first is not None and then is not None:
        said.append(
            f"On validation rows the first model had {words.figure(name, first)} {words.spoken(name)}, this one {words.figure(name, then)}."
        )
    st.caption(" ".join([*said, "Whether that helps the task is told by a run without it."]))


def _whose(named: str) -> str:
    return "the set" if named == ADAPT_OWN else words.plain(words.dataset_name(named))


def adapted_line(run: Run) -> None:
    """What came of reading texts without labels before the training; nothing where that was not asked for."""
    told = (run.result or {}).get("adapted")
    if not told:
        return
    head = "a fresh head, since the source brings none" if told["fresh_head"] else "the source's own head"
    st.caption(
        f"Before, the source read {told['texts']:,} texts of {_whose(told['from'])} {told['epochs']} times without their labels "
        f"({took(told['seconds'])}) and guessed hidden words, with {head}. Perplexity on texts that it did not read: "
        f"{told['perplexity_before']:,.0f} before, {told['perplexity_after']:,.0f} after, as if it had to choose among so many words. "
        "Whether that helps the task is told by a run without it."
    )
