"""The page of a presentation: the story of a run in steps, and the policy under which a browser shows it."""

from pathlib import Path

import jinja2
from markupsafe import Markup

from core.export.report import TEMPLATES, hash_of
from core.export.report_story import Story

OWN = Path(__file__).parent / "templates"
CHIPS = 8


def render(story: Story, takes_pairs: bool) -> tuple[bytes, str]:
    """The page and its content security policy: its own style and script by their hashes, and answers from this server alone."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8") + (OWN / "present.css").read_text(encoding="utf-8")
    script = (OWN / "present.js").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([OWN, TEMPLATES]), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    right, wrong = story.examples
    mixed = (
        [one for both in zip(right, wrong, strict=False) for one in both] + right[len(wrong) :] + wrong[len(right) :]
    )
    page = environment.get_template("present.html").render(
        story=story, style=Markup(style), script=Markup(script), takes_pairs=takes_pairs, chips=mixed[:CHIPS],
    )  # fmt: skip
    policy = (
        f"default-src 'none'; style-src {hash_of(style)}; script-src {hash_of(script)}; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page.encode("utf-8"), policy
