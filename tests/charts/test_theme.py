"""Names of the data on charts."""

from core.charts.theme import distinct_names, letters


def test_names_are_letters_and_never_links_or_formatting():
    names = distinct_names(["<a href='//e.example'>y</a>", "<b>bold</b> & more", "plain"], 40)
    assert names == ["&lt;a href='//e.example'>y&lt;/a>", "&lt;b>bold&lt;/b> &amp; more", "plain"]


def test_what_is_escaped_already_shows_its_signs():
    assert letters("&lt;b>") == "&amp;lt;b>"
