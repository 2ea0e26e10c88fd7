"""What sources are called in the cells of a study: short, and never two alike."""

from collections.abc import Sequence

from core.errors import RunError
from core.models.sources import EMBEDDED
from core.runs.folder import get_run


def source_titles(sources: Sequence[str]) -> dict[str, str]:
    """Source -> its name: of a run the run's, of a folder the last part; a number tells apart those that would be alike."""
    titles: dict[str, str] = {}
    for source in dict.fromkeys(sources):
        title, number = _title(source), 1
        while (one := title if number == 1 else f"{title} ({number})") in titles.values():
            number += 1
        titles[source] = one
    return titles


def _title(source: str) -> str:
    if source == EMBEDDED:
        return "MiniLM"
    if source.startswith("run:"):
        try:
            return get_run(source[4:]).name
        except RunError:
            return source
    return source if source.count("/") <= 1 else source.rstrip("/").rsplit("/", 1)[-1]
