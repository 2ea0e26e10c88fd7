"""What sets the parts of a set apart: its further columns, and the words of its classes."""

import streamlit as st

from core.charts import explore as drawn
from core.data.sets.store import DataSet, get_dataset
from core.explore.groups import Groups, group_columns, groups_of
from core.explore.words import TypicalWords, typical_words
from pages.components.data.explore_rows import drawn_rows
from pages.components.shared.theme import STILL, show_chart
from pages.components.shared.words import plain

WORD_ROWS = 5000  # texts whose words are counted
CHARTS = 4  # classes shown at first


@st.cache_data(max_entries=4, show_spinner="Counting words …")
def _words(dataset_id: str) -> TypicalWords:
    dataset = get_dataset(dataset_id)
    frame = drawn_rows(dataset_id, WORD_ROWS)
    answers = groups_of(dataset, frame)
    texts = frame["text"] + "\n" + frame["text_pair"] if "text_pair" in frame else frame["text"]
    return typical_words(texts.tolist(), answers.members, answers.names)


def groups_and_words(dataset: DataSet) -> None:
    """The rows by a further column, and the typical words of each class."""
    frame = drawn_rows(dataset.id, WORD_ROWS)
    answers = groups_of(dataset, frame)
    groups = group_columns(dataset, frame)
    if groups:
        with st.container(border=True):
            title = str(st.selectbox("Rows by", list(groups), key="explore_group"))
            column = frame[groups[title]].astype(str).tolist()
            show_chart(
                drawn.group_bars(column, answers.name_of_rows(), f"Rows by {title}", title, len(frame) < dataset.rows),
                key="groups",
                config=STILL,
            )
            st.caption(
                "Coloured by label: where the colours differ much from bar to bar, the groups are not alike."
                + _of(dataset, len(frame))
            )
    if answers.names:
        st.header("Words that set the classes apart", anchor=False)
        _word_cards(dataset, answers, len(frame))


def _word_cards(dataset: DataSet, answers: Groups, rows: int) -> None:
    found = _words(dataset.id)
    table = found.table
    listed = [name for name in answers.names if (table["label"] == name).any()]
    if not listed:
        st.markdown("No word stands out: the classes use the same words, or there are too few texts to tell.")
        return
    chosen = st.multiselect("Classes", listed, default=listed[:CHARTS], key=f"words_of_{dataset.id}")
    for place in range(0, len(chosen), 2):
        for name, column in zip(chosen[place : place + 2], st.columns(2), strict=False):
            with column, st.container(border=True, height="stretch"):
                mine = table[table["label"] == name]
                show_chart(drawn.word_bars(mine, name), key=f"words_{name}", config=STILL)
                best = mine.iloc[0]
                st.caption(
                    f"“{plain(best['word'])}” stands in {100 * best['share']:.1f} % of these texts and in "
                    f"{100 * best['share_elsewhere']:.1f} % of all others."
                )
    pieces = (
        " The texts put no blanks between words, so two or three characters in a row are counted."
        if found.by_characters
        else ""
    )
    st.caption(
        "The higher on the list, the surer the word belongs to the class and the less it could be chance (log-odds with a "
        f"prior, Monroe and others 2008). The bar is the share of texts with the word.{pieces}" + _of(dataset, rows)
    )
    with st.expander("All classes as a table", icon=":material/table_rows:"):
        st.dataframe(
            table, hide_index=True, key="words_table",
            column_config={
                "label": "Class", "word": "Word", "rows": st.column_config.NumberColumn("Texts with it"),
                "share": st.column_config.NumberColumn("In the class", format="percent"),
                "share_elsewhere": st.column_config.NumberColumn("Elsewhere", format="percent"),
                "score": st.column_config.NumberColumn(
                    "Score", format="%.1f", help="Difference of the log-odds in standard errors; above 2 is unlikely to be chance."
                ),
            },
        )  # fmt: skip


def _of(dataset: DataSet, rows: int) -> str:
    return "" if rows >= dataset.rows else f" Told from {rows:,} of the {dataset.rows:,} rows."
