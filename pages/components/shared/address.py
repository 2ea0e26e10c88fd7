"""The address: which data set and which run it names, kept from page to page, and a sentence where it names nothing."""

from collections.abc import Collection

import streamlit as st

from core.data.sets.store import get_dataset
from core.errors import GraftError
from core.runs.folder import get_run

LISTS = {  # what an address can name -> what it is called, the page that lists them all, and its name
    "dataset": ("data set", "pages/data.py", "All data sets"),
    "run": ("run", "pages/results.py", "All results"),
}
FORM = (  # widgets of the Train page whose values outlive a look at another page
    "train_dataset", "source", "hub_name", "revision", "folder", "weights_file", "weights_onto", "strategy", "all_strategies",
    "preset", "run_name", "judge_over_folds",
)  # fmt: skip


def keep_address() -> None:
    """Carry data set and run along: a page opened by the menu names again what was last looked at."""
    for name, exists in (("dataset", get_dataset), ("run", get_run)):
        named, last = st.query_params.get(name), st.session_state.get(f"_last_{name}")
        if named:
            remember(name, named)
        elif last:
            try:
                exists(last)
            except GraftError:
                forget(name)  # deleted since
            else:
                st.query_params[name] = last


def keep_form(settings: Collection[str], presets: Collection[str]) -> None:
    """Streamlit drops the values of widgets that a page does not show, unless they are set anew."""
    kept = {*FORM, *(f"{name}_{preset}" for name in settings for preset in presets)}
    for key in kept & set(st.session_state):
        st.session_state[key] = st.session_state[key]


def remember(name: str, value: str) -> None:
    """The data set or run that the next pages show."""
    st.session_state[f"_last_{name}"] = value


def forget(name: str) -> None:
    """It was deleted: no page asks for it any more."""
    st.session_state.pop(f"_last_{name}", None)
    st.query_params.pop(name, None)


def unknown(name: str, value: str, others: bool = True) -> None:
    """What to do where the address names something that is not here.

    Args:
        others: whether there are others to choose from on this page.
    """
    forget_last = st.session_state.get(f"_last_{name}") == value
    if forget_last:
        st.session_state.pop(f"_last_{name}")
    called, page, title = LISTS[name]
    choose = f"Choose another {called} below." if others else f"Choose another {called} from the list."
    st.warning(
        f"There is no {called} `{value.replace('`', '')}` here: it was deleted, or the link comes from another workspace. {choose}",
        icon=":material/link_off:",
    )
    st.page_link(page, label=title, icon=":material/list:", query_params={"runs": ""} if name == "run" else {})


def tab_title(page: str, about: str | None = None) -> None:
    """What the browser's tab says: the object, the page, and whose page it is."""
    st.set_page_config(page_title=" · ".join(filter(None, (about, page, "Graft"))))
