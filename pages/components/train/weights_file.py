"""A bare file with weights as the source: which architecture it is laid onto, and what fits."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import GraftError
from core.models.sources import SourceInfo, check_source, join_source, lay_weights
from pages.components.shared.errors import show_error
from pages.components.shared.words import plain


def choose_weights(architectures: Sequence[SourceInfo]) -> str:
    """Ask for the file and its architecture, show how the two fit, and give the source; empty until a file is named."""
    left, right = st.columns(2)
    file = left.text_input(
        "File", placeholder="/path/to/model.pt", key="weights_file",
        help="On the machine that Graft runs on: .safetensors, .pt, .pth, .bin or .ckpt, with tensors by name.",
    ).strip()  # fmt: skip
    titles = {each.key: each.title for each in architectures}
    onto = right.selectbox(
        "Architecture", list(titles), key="weights_onto", format_func=lambda key: titles.get(key, key),
        accept_new_options=True, help="What the file was trained with; you may type a Hub name or a folder.",
    )  # fmt: skip
    if not file or not onto:
        return ""
    source = join_source(file, onto)
    try:
        info = check_source(source)
        if not info.at_hand:
            st.caption(info.sentence)
            return source
        with st.spinner("Reading the file …"):
            _, fit = lay_weights(source)
    except GraftError as error:
        show_error(error)
        return source
    show_fit(fit.sentence, fit.table())
    return source


def show_fit(sentence: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """The sentence, and the table of tensors on demand."""
    st.caption(plain(sentence))
    with st.expander("What matched, what is missing, what is left over"):
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, key="weights_fit", height=260,
            column_config={"tensor": "Tensor", "state": "How it fits"},
        )  # fmt: skip
