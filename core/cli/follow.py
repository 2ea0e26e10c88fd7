"""Runs under way, watched from the terminal until they have ended."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from core.cli.output import Output

LOOK = 0.3  # seconds between two looks
CHECK_SCHEDULER = 5.0  # seconds between two makings sure that a scheduler runs


@dataclass(frozen=True, slots=True)
class View:
    """What there is to see: the share done (0 to 1), the step of the work, and a detail that changes all the time."""

    share: float
    text: str
    detail: str = ""


def follow(look: Callable[[], View | None], out: Output) -> None:
    """Show progress until ``look`` gives None, and keep a scheduler alive meanwhile.

    A terminal gets a bar; beside `--json` each new text is a line on stderr.

    Raises:
        KeyboardInterrupt: when the user leaves; what is under way goes on.
    """
    from core.jobs.scheduler import ensure_scheduler

    last_text, checked = "", 0.0
    while (view := look()) is not None:
        if time.monotonic() - checked > CHECK_SCHEDULER:
            ensure_scheduler()
            checked = time.monotonic()
        out.bar(view.share, view.text + view.detail)
        if view.text != last_text and out.as_json:
            out.say(view.text)
        last_text = view.text
        time.sleep(LOOK)
