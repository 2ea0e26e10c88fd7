"""How an error is shown, in the place of what it keeps from being shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st

from core.errors import GraftError
from core.workspace import storage_error
from pages.components.shared.words import plain


def show_error(error: GraftError) -> None:
    """What was wrong, and what to do."""
    lines = filter(None, (error.message, error.hint))
    st.error("\n\n".join(map(plain, lines)), icon=":material/error:")


@contextmanager
def shown_errors() -> Iterator[None]:
    """A part of a page that may meet something damaged: the error takes its place, and the other parts stay.

    Whatever the system says of a file or a disk is put into words as well.
    """
    try:
        yield
    except GraftError as error:
        show_error(error)
    except OSError as error:
        show_error(storage_error(error))


def carry_out(said: str, act: Callable[[], object], *, scope: Literal["app", "fragment"] = "app") -> None:
    """Do what a click asked for under a spinner; then the page is drawn anew, or the error is shown.

    Args:
        said: what is being done, beside the spinner.
    """
    try:
        with st.spinner(said):
            act()
    except GraftError as error:
        show_error(error)
    else:
        st.rerun(scope=scope)
