"""A report: one standalone HTML file of a run, a comparison or a study, that asks nobody for anything."""

import base64
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from core import workspace
from core.errors import GraftError, RunError
from core.export.report_bars import of_lines, of_rungs, of_runs
from core.export.report_curve import learning_curve
from core.export.report_examples import choice_sentences
from core.export.report_figures import Bar
from core.export.report_settings import differing, settings_of
from core.export.report_speed import Speed, measure_speed
from core.export.report_story import Story, dataset_title, tell
from core.metrics.table import METRICS
from core.results.answerer import Answerer, load_model
from core.results.compare import compare_runs
from core.runs.folder import Run, get_run
from core.studies.auto import Auto
from core.studies.compared import Compared
from core.studies.folder import Study, get_study
from core.studies.kind import Answer
from core.studies.label_series import LabelCurve
from core.studies.ladder import Ladder
from core.studies.registry import KINDS, answer_of
from core.studies.ways import Line

TEMPLATES = Path(__file__).parent / "templates"
SECTIONS = {
    "what": "What the model does",
    "result": "Result beside baselines",
    "examples": "Examples",
    "mistakes": "Mistakes",
    "data": "The data",
    "cost": "What it takes",
    "training": "How it learnt",
    "settings": "Settings",
    "limits": "Limits",
    "measured": "How it was measured",
}
LONGEST_NOTE = 5000  # characters
MOST_RUNS = 8
PACKAGES = ("torch", "transformers", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a report before its runs are told one by one.

    Attributes:
        kind: run, comparison, or the kind of study.
        bars: of the runs or rungs; a run alone has its own.
        sentences: what the figures mean.
        differences: (setting, value of each run) where runs differ.
        stories: of a run itself, of each run compared, or of a study's best.
    """

    kind: str
    title: str
    measure: str
    bars: list[Bar]
    sentences: list[str]
    differences: list[tuple[str, list[str]]]
    stories: list[Story]


def find(refs: Sequence[str]) -> "list[Run] | Study":
    """The runs, or the one study, that are named by id or name.

    Raises:
        GraftError: when one does not exist, or a study stands beside others.
    """
    if not refs:
        raise RunError("No run was named.", "Name a run, several runs, or a study.")
    if len(refs) == 1:
        try:
            return [get_run(refs[0])]
        except RunError as error:
            try:
                return get_study(refs[0])
            except GraftError:
                raise error from None
    runs = list({run.id: run for run in map(get_run, refs)}.values())
    if len(runs) > MOST_RUNS:
        raise RunError(f"{len(runs)} runs are too many for one report.", f"Name at most {MOST_RUNS}.")
    return runs


def report(what: "Sequence[Run] | Study", without: Sequence[str] = (), note: str = "") -> str:
    """The report as HTML.

    Args:
        what: a run, several runs, or a study.
        without: sections to leave out, of ``SECTIONS``.
        note: a text of the writer's own, shown on top.

    Raises:
        GraftError: when a run has no result, a section is unknown, or the note is too long.
    """
    if unknown := [name for name in without if name not in SECTIONS]:
        raise GraftError(f"There is no section {unknown[0][:80]!r}.", f"Sections: {', '.join(SECTIONS)}.")
    if len(note) > LONGEST_NOTE:
        raise GraftError(f"The note has {len(note):,} characters.", f"Use at most {LONGEST_NOTE:,}.")
    shown = [name for name in SECTIONS if name not in without]
    page = _page_of(what, "cost" in shown)
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return templates().get_template("report.html").render(
        page=page, is_study=page.kind in KINDS, shown=shown, titles=SECTIONS, note=note.strip(), style=Markup(style),
        style_hash=hash_of(style),
        curves={story.run.id: learning_curve(story.run) for story in page.stories} if "training" in shown else {},
        settings={story.run.id: settings_of(story.run) for story in page.stories} if "settings" in shown else {},
        chosen=[choice_sentences((story.run.result or {}).get("task", "")) for story in page.stories],
        written=time.strftime("%d %B %Y, %H:%M"), versions=versions(),
    )  # fmt: skip


def write_report(what: "Sequence[Run] | Study", path: Path, without: Sequence[str] = (), note: str = "") -> int:
    """Write the report to a file, whole or not at all; its size in bytes.

    Raises:
        GraftError: as ``report``, and when the file cannot be written.
    """
    content = report(what, without, note).encode("utf-8")
    workspace.write_bytes(path, content)
    return len(content)


@cache
def templates() -> jinja2.Environment:
    """Every value is escaped, and one that does not exist is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def hash_of(source: str) -> Markup:
    """A style or script as a content security policy names it. Source: https://www.w3.org/TR/CSP3/#grammardef-hash-source"""
    digest = base64.b64encode(hashlib.sha256(source.encode("utf-8")).digest()).decode("ascii")
    return Markup(f"'sha256-{digest}'")


def versions() -> str:
    """Graft and what it stands on, where they are installed."""
    known = []
    for name in PACKAGES:
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(known)


def speed_of(run: Run, predictor: Answerer | None = None) -> Speed | None:
    """Measured now on judged texts; None where the model is gone.

    Args:
        predictor: the model, where it is loaded already.
    """
    result: dict[str, Any] = run.result or {}
    try:
        predictor = predictor or load_model(run)
        table = run.read_predictions(result["split"])
    except RunError:
        return None
    pairs = table["text_pair"].tolist() if "text_pair" in table else None
    return measure_speed(predictor, table["text"].tolist(), pairs)


def _page_of(what: "Sequence[Run] | Study", timed: bool) -> Page:
    if isinstance(what, Study):
        return _study(what, timed)
    if len(what) == 1:
        story = tell(what[0])  # says first where there is no result
        story = tell(what[0], speed_of(what[0])) if timed else story
        return Page("run", story.name, story.measure, [], [], [], [story])
    comparison = compare_runs(list(what))
    stories = [tell(run, speed_of(run) if timed else None) for run in what]
    sentences = [
        *(test["sentence"] for test in comparison.tests if test["metric"] == comparison.headline),
        comparison.note,
    ]
    title = f"{len(what)} runs on {dataset_title(what[0])}"
    bars = of_runs(what, comparison.headline)
    return Page(
        "comparison", title, METRICS[comparison.headline].title, bars, sentences, differing(what, comparison), stories
    )


def _study(study: Study, timed: bool) -> Page:
    """What a study says, and the run that it would hand over.

    Raises:
        GraftError: when it has no answer yet.
    """
    answer = answer_of(study)
    best, bars = _best_and_bars(answer)
    if not answer.sentence or best is None:
        raise GraftError(
            f"The study {study.name} has no answer yet.", "It can be reported when its runs have finished."
        )
    run = get_run(best)
    story = tell(run, speed_of(run) if timed else None)
    read = study.read()
    return Page(str(read["kind"]), str(read["question"]), story.measure, bars, [answer.sentence], [], [story])


def _best_and_bars(answer: Answer) -> tuple[str | None, list[Bar]]:
    """Id of the run that a study would hand over, and a bar for each of its ways."""
    if isinstance(answer, Ladder):
        return answer.best_run, of_rungs(list(answer.rungs))
    if isinstance(answer, LabelCurve):
        own = next((one for one in answer.series if one.key == answer.top), None)
        if own is None or not own.lines or not own.lines[-1][1].runs:
            return None, []
        most = own.lines[-1][0]
        last = [line for one in answer.series for rows, line in one.lines if rows in (0, most)]
        return own.lines[-1][1].runs[0], of_lines(last, answer.headline)
    if isinstance(answer, Auto):
        done = [one for one in answer.tried if one.judged is not None]
        lines = [Line(one.what, {}, (), 1, one.state, (one.judged or 0.0,), sentence=one.why) for one in done]
        return answer.run, of_lines(lines, answer.headline)
    compared = answer if isinstance(answer, Compared) else getattr(answer, "race", None)
    if not isinstance(compared, Compared) or compared.best is None:
        return None, []
    return next(iter(compared.best.runs), None), of_lines(compared.ways.lines, compared.ways.headline)
