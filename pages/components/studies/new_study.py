"""Starting a study from the Train page: the question, what it asks, what it will take, and the button."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.config import ADAPT_NONE, ADAPT_OWN, HERE, RunConfig
from core.data.sets.store import DataSet, list_datasets
from core.data.sets.versions import families, origin_of
from core.errors import ConfigError, GraftError
from core.models.sources import check_source, list_sources
from core.strategies.registry import DEFAULT, STRATEGIES
from core.studies.cost import StudyCost, cost_of
from core.studies.kind import Asked, Kind
from core.studies.labels import DOUBLINGS, SMALLEST
from core.studies.registry import KINDS, start_study
from core.training.estimate import duration
from core.transfer.choice import choose_for
from pages.components.data.health import reading_lines
from pages.components.shared import words
from pages.components.shared.errors import show_error
from pages.components.shared.lengths import lengths_of
from pages.components.studies.questions import KIND, QUESTIONS
from pages.components.train.config_form import choose_source
from pages.components.train.engine import engine_panel

CHOSEN = "Chosen by itself"
VARIED = (
    "learning_rate",
    "epochs",
    "batch_size",
    "max_length",
    "weight_decay",
    "warmup",
    "label_smoothing",
    "top_layers",
    "lora_rank",
)

USES = {  # of texts without labels, each with and without
    "adapt": "With and without reading the texts first",
    "read_along": "With and without reading the texts along",
    "self_train": "With and without labelling the other training rows by itself",
}


def new_study(dataset: DataSet, engine: str = HERE) -> None:
    """A study on this set: which question, its options, the cost, and the button.

    Args:
        engine: where its runs are carried out.
    """
    names = [name for name in QUESTIONS if name in KINDS]
    name = st.pills(
        "Question", names, format_func=lambda name: QUESTIONS[name], key=KIND, default=names[0], required=True,
        bind="query-params",
    ) or names[0]  # fmt: skip
    kind = KINDS[name]
    st.caption(words.plain(kind.explained))
    left, right = st.columns(2)
    with left:
        config = RunConfig(dataset.id, engine=engine)
        if "sources" not in kind.asks:
            source, revision = choose_source()
            if not source:
                st.caption("Name the source to go on.")
                return
            config = config.changed(model=source, revision=revision)
        config, choice = _config(kind, dataset, config)
    with right:
        asked = _asked(kind, dataset, config, choice)
    if asked is None:
        return
    try:
        cells = kind.plan(dataset, config, asked)
        _cost(kind, cost_of(cells, dataset, _lengths(dataset, {cell.config.source for cell in cells})))
        if "sources" not in kind.asks:
            reading_lines(dataset, config.source, config.max_length)
    except GraftError as error:
        show_error(error)
        return
    engine_panel(engine)
    if st.button("Start the study", type="primary", icon=":material/stairs:", key="start_study"):
        try:
            study = start_study(name, config, asked)
        except GraftError as error:
            show_error(error)
            return
        st.switch_page("pages/results.py", query_params={"study": study.id})


def _config(kind: Kind, dataset: DataSet, config: RunConfig) -> tuple[RunConfig, str]:
    """What all runs share, and why its strategy was chosen, where it was."""
    most = dataset.size("train")
    choice = ""
    if kind.name == "auto":  # it looks for the way to transfer itself
        pass
    elif "strategies" not in kind.asks or kind.name == "labels":
        tops = [CHOSEN, *(name for name, known in STRATEGIES.items() if known.teacher.steps and not known.from_scratch)]
        top = st.selectbox("Fine-tuning by", tops, key="study_strategy", format_func=_strategy)
        if top == CHOSEN:
            chosen = choose_for(dataset, config)
            config, choice = config.changed(strategy=chosen.strategy, epochs=chosen.epochs), chosen.sentence
        else:
            config = config.changed(strategy=top)
    if "sizes" not in kind.asks:
        rows = st.number_input(
            "Training rows", min_value=1, max_value=max(1, most), value=max(1, most), key=f"study_rows_{dataset.id}",
            help="Drawn evenly over the classes; all trainings of one seed learn from the same ones.",
        )  # fmt: skip
        config = config.changed(train_size=None if rows >= most else int(rows))
    length = st.select_slider(
        "Tokens read of each text", [32, 64, 128, 256, 512], value=128, key="study_length",
        help="Longer texts are cut there. Reading less is quicker.",
    )  # fmt: skip
    return config.changed(max_length=length), choice


def _asked(kind: Kind, dataset: DataSet, config: RunConfig, choice: str) -> Asked | None:
    """What the kind asks beside the settings; None where an option cannot be read, which is then said."""
    given: dict[str, Any] = {"choice": choice}
    for name in kind.asks:
        value = FIELDS[name](kind, dataset)
        if value is not None:
            given[name] = value
    try:
        return Asked(**given)
    except GraftError as error:
        show_error(error)
        return None


def _seeds(kind: Kind, dataset: DataSet) -> int:
    options = [1, 3, 5, 10]
    return int(
        st.segmented_control(
            "Draws of the rows" if kind.name == "labels" else "Trainings of each", options, key=f"study_seeds_{kind.name}",
            default=1 if kind.name == "ladder" else 3, required=True,
            help="Each with another seed. A verdict about ways of training needs three; one says something of these very models only.",
        ) or 1
    )  # fmt: skip


def _strategies(kind: Kind, dataset: DataSet) -> tuple[str, ...] | None:
    if kind.name == "labels":
        return None
    common = [name for name, known in STRATEGIES.items() if known.common]
    if kind.name == "domains":  # a training for each domain: few ways at first, counted words among them
        common = [DEFAULT, *(name for name, known in STRATEGIES.items() if not known.teacher.encodes)]
    return tuple(
        st.multiselect("Strategies", list(STRATEGIES), default=common, key=f"study_strategies_{kind.name}", format_func=_strategy)
    )  # fmt: skip


def _sources(kind: Kind, dataset: DataSet) -> tuple[str, ...]:
    here = [source for source in list_sources() if source.available and source.at_hand]
    titles = {source.key: source.title for source in here}
    return tuple(
        st.multiselect(
            "Sources", list(titles), default=[key for key in titles if not key.startswith("run:")][:12],
            key="study_sources", format_func=lambda key: titles.get(key, key),
            help="What is on this machine. Models of earlier runs can be added; they may have learnt from rows that judge here.",
        )
    )  # fmt: skip


def _sizes(kind: Kind, dataset: DataSet) -> tuple[int, ...]:
    classes = max(1, len(dataset.labels))
    most = max(1, dataset.size("train") // classes)
    first = st.select_slider(
        "Fewest labelled rows a class", [1, 2, 4, 8, 16, 32, 64], value=min(SMALLEST, 64), key="study_smallest"
    )
    sizes = [int(first)]
    while sizes[-1] < most and len(sizes) <= DOUBLINGS:
        sizes.append(min(2 * sizes[-1], most))
    st.caption(f"Then twice as many each time: {', '.join(f'{size * classes:,}' for size in sizes)} rows in all.")
    return tuple(dict.fromkeys(sizes))


def _vary(kind: Kind, dataset: DataSet) -> dict[str, tuple[Any, ...]]:
    from core.config import settings

    known = settings()
    names = st.multiselect(
        "Settings to vary", VARIED, default=["learning_rate"], key="study_vary", format_func=lambda name: known[name][0]
    )
    usual = {
        "learning_rate": "3e-5, 1e-4, 3e-4",
        "epochs": "2, 4, 8",
        "batch_size": "8, 16, 32",
        "max_length": "64, 128, 256",
    }
    varied = {}
    for name in names:
        text = st.text_input(
            known[name][0], usual.get(name, ""), key=f"study_vary_{name}", help="Values, separated by commas."
        )
        try:
            varied[name] = tuple(_number(name, word) for word in text.split(",") if word.strip())
        except ConfigError as error:
            show_error(error)
    for name, title in USES.items() if kind.name == "settings" else ():
        if st.checkbox(title, key=f"study_vary_{name}", help=known[name][1].split(":")[0] + "."):
            varied[name] = (ADAPT_NONE, ADAPT_OWN)
    return {name: values for name, values in varied.items() if values}


def _number(name: str, word: str) -> float | int:
    try:
        value = float(word)
    except ValueError as error:
        raise ConfigError(f"{name} is {word.strip()[:40]!r}.", "Give numbers separated by commas.") from error
    return int(value) if value.is_integer() and name != "learning_rate" else value


def _minutes(kind: Kind, dataset: DataSet) -> float:
    return float(
        st.number_input("Minutes", min_value=1.0, max_value=600.0, value=5.0, key="study_minutes", help="In all, a tenth more at most.")
    )  # fmt: skip


def _trials(kind: Kind, dataset: DataSet) -> int:
    return int(
        st.number_input(
            "Trials",
            min_value=3,
            max_value=500,
            value=20,
            key="study_trials",
            help="Trainings that search; poor ones end early.",
        )
    )


def _left_out(kind: Kind, dataset: DataSet) -> bool:
    return bool(
        st.checkbox(
            "Train on all but one as well", key="study_left_out",
            help="What is to be expected of a new domain: as many trainings again, each judged by the domain that it did not see.",
        )
    )  # fmt: skip


def _tasks(kind: Kind, dataset: DataSet) -> tuple[str, ...]:
    others = {
        other.id: other.name
        for other in (line[0] for line in families(list_datasets()))
        if origin_of(other) != origin_of(dataset) and other.task != "unlabelled" and other.size("validation")
    }
    if not others:
        st.caption("Store another set with labels first: several tasks need several sets.")
    return tuple(
        st.multiselect(
            "Learn at once with", list(others), default=list(others)[:3], key=f"study_tasks_{dataset.id}",
            format_func=lambda name: others.get(name, name),
            help="Each set keeps its own classes, texts or scores; they share one encoder. Kinds of answers may be mixed.",
        )
    )  # fmt: skip


FIELDS: dict[str, Callable[[Kind, DataSet], Any]] = {
    "seeds": _seeds, "strategies": _strategies, "sources": _sources, "sizes": _sizes, "vary": _vary, "minutes": _minutes, "trials": _trials,
    "left_out": _left_out, "tasks": _tasks,
}  # fmt: skip


def _lengths(dataset: DataSet, sources: set[str]) -> dict[str, Any]:
    """Tokens of the set's texts for each source that is at hand."""
    return {source: lengths_of(dataset.id, source) for source in sources if source and check_source(source).at_hand}


def _cost(kind: Kind, cost: StudyCost) -> None:
    """What it will take, in a line."""
    if kind.goes_on is not None and not cost.runs:
        st.caption("Which trainings it needs follows from what the first ones give.")
        return
    said = f"{cost.runs} training{'s' if cost.runs != 1 else ''}"
    if cost.reused:
        said += f", {cost.reused} of which {'are' if cost.reused != 1 else 'is'} there already"
    if cost.seconds is not None and cost.runs > cost.reused:
        memory = f" and {cost.memory_mib / 1024:.1f} GiB of memory" if cost.memory_mib else ""
        said += f"; the rest takes about {duration(cost.seconds)}{memory}"
    st.caption(f"{said}.")


def _strategy(name: str) -> str:
    return STRATEGIES[name].title if name in STRATEGIES else name
