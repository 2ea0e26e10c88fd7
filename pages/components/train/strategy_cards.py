"""The strategies as cards: what each does and when to take it, how much it trains, and what it will cost here."""

from typing import Any

import streamlit as st

from core.config import RunConfig
from core.data.sets.store import DataSet
from core.errors import GraftError
from core.models.shape import shape_of
from core.models.sources import check_source
from core.strategies.registry import DEFAULT, STRATEGIES
from core.training.estimate import duration, estimate, estimate_counted
from core.transfer.choice import Choice, choose_for
from pages.components.shared.lengths import lengths_of
from pages.components.train.config_form import chosen_preset, settings_so_far


def choose_strategy(dataset: DataSet, source: str, revision: str | None) -> str:
    """How to transfer; the numbers are those of the chosen source, data set and settings, which stand further down."""
    preset = chosen_preset()
    with st.spinner("Counting weights …"):
        numbers = _numbers(dataset, source, revision, settings_so_far(preset))
    choice = _preselect(dataset, source)
    _follow_link()
    every = st.session_state.get("all_strategies", False)
    shown = [
        name
        for name, strategy in STRATEGIES.items()
        if every or strategy.common or (choice and name == choice.strategy)
    ]
    chosen = st.radio(
        "Strategy: how to transfer", shown, key="strategy",
        format_func=lambda name: STRATEGIES[name].title,
        captions=[" ".join(filter(None, (STRATEGIES[name].sentence, numbers.get(name)))) for name in shown],
    )  # fmt: skip
    st.query_params["strategy"] = str(chosen)
    if choice:
        ruled = "Balanced has chosen" if chosen == choice.strategy else "Balanced would choose"
        st.info(f"{ruled} {choice.sentence}", icon=":material/tune:")
    st.session_state["_choice_sentence"] = choice.sentence if choice and chosen == choice.strategy else ""
    st.toggle(
        f"Show all {len(STRATEGIES)} strategies",
        key="all_strategies",
        help="The others are gentler or cheaper variants, and one for very few rows.",
    )
    return str(chosen)


def _follow_link() -> None:
    """At first, the strategy that the address names; one of the rarer ones opens the whole list."""
    asked = st.query_params.get("strategy")
    if "strategy" not in st.session_state and asked in STRATEGIES:
        st.session_state["strategy"] = asked
        if not STRATEGIES[asked].common:
            st.session_state["all_strategies"] = True
    chosen = st.session_state.get("strategy")
    if chosen == st.session_state.get("_choice_strategy"):
        return  # it is on the list as the one that was chosen
    if chosen in STRATEGIES and not STRATEGIES[chosen].common and not st.session_state.get("all_strategies"):
        st.session_state["strategy"] = DEFAULT  # the list was closed over it


def _preselect(dataset: DataSet, source: str) -> Choice | None:
    """What *Balanced* chooses for this set and source; the card is set once for each, so that a user's own choice stays."""
    if chosen_preset() != "balanced" or not source or dataset.task == "unlabelled":
        st.session_state.pop("_choice_for", None)
        st.session_state.pop("_choice_strategy", None)
        return None
    settings = settings_so_far("balanced")
    try:
        choice = choose_for(dataset, RunConfig(dataset.id, model=source, **settings))
    except GraftError:
        return None  # the panel beside the form says what is wrong with the settings
    asked = None if "_choice_for" in st.session_state else st.query_params.get("strategy")
    if st.session_state.get("_choice_for") != (dataset.id, source) and asked not in STRATEGIES:
        st.session_state["strategy"] = choice.strategy
    st.session_state["_choice_for"] = (dataset.id, source)
    st.session_state["_choice_strategy"] = choice.strategy
    return choice


def _numbers(dataset: DataSet, source: str, revision: str | None, settings: dict[str, Any]) -> dict[str, str]:
    """Trained weights and expected time of each strategy, in words; of those that need the source none while it is not at hand."""
    from core.models.trained import trained_weights

    counts = {part: dataset.size(part) for part in ("train", "validation", "test")}
    numbers: dict[str, str] = {}
    try:
        for name in (name for name, known in STRATEGIES.items() if not known.teacher.encodes):
            config = RunConfig(dataset.id, **settings | {"strategy": name})
            seconds = estimate_counted(config, counts, len(dataset.labels)).seconds
            numbers[name] = f"About {duration(seconds)}, whatever the source above."
        info = check_source(source, revision)
        if not info.available or not info.at_hand:
            return numbers
        lengths, shape = lengths_of(dataset.id, source), shape_of(source, revision)
        for name in (name for name, known in STRATEGIES.items() if known.teacher.encodes):
            config = RunConfig(dataset.id, model=source, revision=revision, **settings | {"strategy": name})
            weights = trained_weights(config, max(2, len(dataset.labels)))
            if weights.why_not:
                numbers[name] = f"Not for this source: {weights.why_not}"
                continue
            seconds = estimate(config, counts, lengths, shape).seconds
            share = f"{_millions(weights.trained)} of {_millions(weights.total)} weights"
            numbers[name] = f"Trains {share}; about {duration(seconds)} with the settings below."
    except GraftError:
        return numbers  # the panel beside the form says what is wrong with the source or the settings
    return numbers


def _millions(weights: int) -> str:
    if weights >= 10**6:
        return f"{weights / 10**6:.1f} M"
    return f"{weights / 1000:.0f} k" if weights >= 10**4 else f"{weights:,}"
