"""A finished run handed on in a format of the table below: written, measured on its judged rows, and only then offered."""

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from core import workspace
from core.errors import GraftError
from core.export.card import write_card
from core.export.formats import FORMATS, Format
from core.export.measured import Judged, Measured, judged_rows, lost, measure
from core.runs.folder import Run

ALLOWED = 0.5  # points of the headline that an export may lose, unless its user allows more
PARITY = 1e-4  # to which what is not rounded must give the same outputs
MEASURED = "measured.json"


class Refused(GraftError):
    """An export that lost more than was allowed; ``measured`` says how much."""

    def __init__(self, measured: Measured):
        super().__init__(measured.refused, "Export it as onnx, or allow more where you can bear it (--allow POINTS).")
        self.measured = measured


def export_run(run: Run, name: str, allowed: float = ALLOWED, tell: Callable[[str], object] = len) -> Measured:
    """Write the export ``name`` of a run into its folder; what was there of this format is replaced.

    Args:
        name: of ``core.export.formats.FORMATS``.
        allowed: points of the headline that it may lose (of a score: hundredths of the spread of the true ones).
        tell: gets a sentence before each step that takes a while.

    Raises:
        Refused: when it lost more; the measurement is kept, the export is not.
        GraftError: when the run has no result or no model, its model is not of this format, or a package is missing.
    """
    form = FORMATS[name]
    form.check(run)
    tell("Answering the judged rows with the model as it is …")
    judged = judged_rows(run)
    tried: list[Measured] = []
    with workspace.replace_folder(run.export(name)) as folder:
        for made in form.make(run, judged, folder):
            tell(f"Measuring {made.recipe} …")
            measured = measure(judged, name, made.recipe, made.predict, made.weights, form.weights_of(run))
            tried.append(replace(measured, refused=refusal(measured, judged, allowed, form)))
            if not tried[-1].refused:
                break
        best = _best(tried, judged)
        others = [each.as_json() for each in tried if each is not best]
        best = replace(best, tried=others)
        if not best.refused:
            workspace.put_json(folder / MEASURED, best.as_json())
            write_card(run, folder, best)
    run.write_measured(name, best.as_json())
    if best.refused:
        shutil.rmtree(run.export(name), ignore_errors=True)
        raise Refused(best)
    return best


def refusal(measured: Measured, judged: Judged, allowed: float, form: Format) -> str:
    """Why an export is not offered, in a sentence; empty where it is."""
    if not form.rounded and measured.max_difference > PARITY * max(1.0, judged.spread):
        return (
            f"The export gives other outputs than the model: they differ by up to {measured.max_difference:.2g}, "
            f"and without rounding {PARITY:g} is the most."
        )
    loss = lost(measured, judged)
    if loss > allowed:
        return f"{measured.recipe} loses {loss:.1f} {judged.unit}, and {allowed:g} are allowed."
    if form.rounded and loss > 0 and measured.verdict == "real" and allowed <= ALLOWED:
        return f"{measured.recipe} loses {loss:.1f} {judged.unit}; that is little, and chance hardly explains it."
    return ""


def _best(tried: list[Measured], judged: Judged) -> Measured:
    """The one that is offered, or of those refused the one that lost least."""
    return tried[-1] if not tried[-1].refused else min(tried, key=lambda each: lost(each, judged))


def hand_over(run: Run, name: str, target: Path) -> int:
    """Copy an export out of the run folder: into a zip where ``target`` ends in .zip, else into a new folder; gives its bytes.

    Raises:
        GraftError: when it was not made, or something else stands at ``target``.
    """
    source = run.export(name)
    if not source.is_dir():
        raise GraftError(f"Run {run.short_name} was not exported as {name} yet.", "Export it first.")
    if target.suffix.lower() == ".zip":
        with workspace.replace_file(target) as aside:
            write_zip(source, aside)
        return target.stat().st_size
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise GraftError(f"{target} is there already and not empty.", "Name a new folder, or a file that ends in .zip.")
    with workspace.replace_folder(target) as aside:
        shutil.copytree(source, aside, dirs_exist_ok=True)
    return sum(file.stat().st_size for file in target.rglob("*") if file.is_file())


def write_zip(source: Path, target: Path | BinaryIO) -> None:
    """All files of a folder in one archive, inside a folder of its own; weights hardly shrink and are only stored."""
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(source.rglob("*")):
            kind = zipfile.ZIP_STORED if file.suffix in (".onnx", ".safetensors", ".npz") else zipfile.ZIP_DEFLATED
            if file.is_file():
                archive.write(file, f"{target_name(source)}/{file.relative_to(source)}", kind)


def target_name(source: Path) -> str:
    """The name of the folder inside an archive: run and format."""
    return f"graft-{source.parent.parent.name}-{source.name}"
