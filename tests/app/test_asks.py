"""What a file leaves open is asked on the form, with both readings previewed; the one that is chosen counts."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import sentences

TEXTS = [text for text, _ in sentences(60)]


def form(path):
    from pathlib import Path

    import streamlit as st

    from pages.components.data.reading import read_file, reading_view
    from pages.components.data.roles_form import roles_form

    file = Path(path)
    table = read_file(file, file.name, reading_view(file, file.name, "stamp"))
    roles = roles_form(table.frame)
    st.session_state["read"] = (table.frame.columns.tolist(), len(table.frame), roles)


def opened(path, content):
    path.write_text(content, encoding="utf-8")
    app = AppTest.from_function(form, args=(str(path),), default_timeout=60).run()
    assert not app.exception
    return app


def test_a_first_row_that_may_be_names_or_data_is_asked_about(home, tmp_path):
    rows = [f"{text},{('spam', 'ham')[n % 2]}" for n, text in enumerate(TEXTS)]
    app = opened(tmp_path / "x.csv", "\n".join(["wortlaut,spam", *rows]))
    (question,) = [radio for radio in app.radio if radio.key.startswith("ask_header")]
    assert len(question.options) == 2 and len(app.dataframe) == 2
    seen = {app.session_state["read"][1], question.set_value(1).run() and app.session_state["read"][1]}
    assert seen == {60, 61}


def test_numbers_that_may_be_thousands_are_asked_about(home, tmp_path):
    rows = [f"{text};{n + 1}.{n:02d}0" for n, text in enumerate(TEXTS)]
    app = opened(tmp_path / "x.csv", "\n".join(["Titel;Aufrufe", *rows]))
    assert app.session_state["read"][2].decimal == ","
    app.radio[0].set_value(1).run()
    assert app.session_state["read"][2].decimal == "."


@pytest.mark.parametrize(
    ("typed", "names"), [("a, b, c", ("a", "b", "c")), ("a, b", ("place 1", "place 2", "place 3"))]
)
def test_places_of_lists_are_given_names(home, tmp_path, typed, names):
    rows = [f'{text},"{("[1, 0, 1]", "[0, 1, 0]")[n % 2]}"' for n, text in enumerate(TEXTS)]
    app = opened(tmp_path / "x.csv", "\n".join(["text,labels", *rows]))
    (field,) = [field for field in app.text_input if field.key.startswith("ask_places")]
    field.set_value(typed).run()
    assert app.session_state["read"][2].places == names
