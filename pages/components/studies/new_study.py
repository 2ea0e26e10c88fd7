"""Starting a study from the Train page."""

import streamlit as st

from core.config import RunConfig
from core.data.sets.store import DataSet
from core.errors import GraftError
from core.strategies.registry import STRATEGIES
from core.studies.registry import start_study
from core.transfer.choice import choose_for
from pages.components.shared.errors import show_error

CHOSEN = "Chosen by itself"


def new_study(dataset: DataSet, source: str = "minilm", revision: str | None = None) -> None:
    """A ladder on this set: what it asks, which strategy stands on top, on how many rows, and the button."""
    st.markdown(
        "**Does transfer pay here?** A ladder from no model at all to fine-tuning, a rung each, all judged by the same rows: always the "
        "same answer, the names of the classes alone, counted words, the same network without pretraining, a classifier on the "
        "frozen source, and fine-tuning. Three trainings give all six."
    )
    tops = [CHOSEN, *(name for name, known in STRATEGIES.items() if known.teacher.steps and not known.from_scratch)]
    top = st.selectbox(
        "Fine-tuning by", tops, key="study_strategy",
        format_func=lambda name: STRATEGIES[name].title if name in STRATEGIES else name,
    )  # fmt: skip
    most = dataset.size("train")
    rows = st.number_input(
        "Training rows", min_value=1, max_value=max(1, most), value=max(1, most), key=f"study_rows_{dataset.id}",
        help="Drawn evenly over the classes; all rungs learn from the same ones.",
    )  # fmt: skip
    if st.button("Start the ladder", type="primary", icon=":material/stairs:", key="start_study"):
        try:
            config = RunConfig(dataset.id, source, revision, train_size=None if rows >= most else int(rows))
            said = ""
            if top == CHOSEN:
                choice = choose_for(dataset, config)
                config, said = config.changed(strategy=choice.strategy, epochs=choice.epochs), choice.sentence
            else:
                config = config.changed(strategy=top)
            study = start_study("ladder", config, said)
        except GraftError as error:
            show_error(error)
            return
        st.switch_page("pages/results.py", query_params={"study": study.id})
