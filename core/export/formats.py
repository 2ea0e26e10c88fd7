"""The formats in which a model is handed on, in one table."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import GraftError
from core.export import int8
from core.export.measured import Judged, Predict
from core.extras import need
from core.results.predictor import Predictor
from core.runs.folder import Run

PACKAGES = ("onnx", "onnxscript", "onnxruntime")
NEEDED = ("onnxruntime", "tokenizers", "numpy")  # by who reads an ONNX export


@dataclass(frozen=True, slots=True)
class Made:
    """One attempt at an export: how it was made, what answers as its reader would, and the file with its weights."""

    recipe: str
    predict: Predict
    weights: Path


@dataclass(frozen=True, slots=True)
class Format:
    """One way to hand a model on.

    Attributes:
        title, sentence: for a person who chooses.
        make: fills a folder; where it yields more than once, each attempt replaces the one before.
        rounded: whether its numbers are coarser than those of the model, so that it may lose.
        packages: optional ones that it is written with.
    """

    name: str
    title: str
    sentence: str
    make: Callable[[Run, Judged, Path], Iterator[Made]]
    rounded: bool = False
    packages: tuple[str, ...] = ()

    def check(self, run: Run) -> None:
        """Refuse before anything is computed.

        Raises:
            GraftError: when a package is missing, or the run's model is not one that this format can hold.
        """
        if self.packages and not run.config.source:
            raise GraftError(
                f"Run {run.short_name} counts words: there is no network to write as {self.title}.",
                "Export it as a checkpoint: that is read by numpy alone.",
            )
        if self.packages:
            need(f"Exporting as {self.title}", self.packages, "requirements-export.txt")

    def weights_of(self, run: Run) -> Path:
        """The file with the weights of the run's own model."""
        return max((file for file in run.model.iterdir() if file.is_file()), key=lambda file: file.stat().st_size)


def _onnx(run: Run, judged: Judged, folder: Path) -> Iterator[Made]:
    yield _made("float32, as it was trained", judged, folder, _written(run, folder))


def _int8(run: Run, judged: Judged, folder: Path) -> Iterator[Made]:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".rounding-") as name:
        aside = Path(name)
        predictor = _written(run, aside)
        int8.prepare(aside / "model.onnx", aside / "prepared.onnx")
        for recipe in int8.RECIPES:
            int8.round_weights(aside / "prepared.onnx", folder / "model.onnx", recipe)
            yield _made(recipe.name, judged, folder, predictor)


def _written(run: Run, folder: Path) -> Predictor:
    """The run's model, written into a folder as ONNX."""
    from core.export.onnx_file import write_onnx

    predictor = Predictor.load(run, "cpu")
    write_onnx(predictor.classifier, folder / "model.onnx")
    return predictor


def _made(recipe: str, judged: Judged, folder: Path, predictor: Predictor) -> Made:
    """With all that lies beside the weights; answered by the very code that is handed on."""
    from core.export import exported_model
    from core.export.shipped import describe, write_code

    describe(predictor, folder)
    write_code(exported_model, NEEDED, folder, judged.pairs is not None)
    return Made(recipe, exported_model.ExportedModel(folder).predict, folder / exported_model.WEIGHTS)


def _checkpoint(run: Run, judged: Judged, folder: Path) -> Iterator[Made]:
    """The files of the run's model, answered as others load them: by transformers alone, or by numpy where words are counted."""
    from core.export import counted_model
    from core.export.shipped import write_code

    shutil.copytree(run.model, folder, dirs_exist_ok=True)
    if run.config.source:
        from core.export.plain_checkpoint import plain_predict

        weights = max(folder.glob("*.safetensors"), key=lambda file: file.stat().st_size)
        yield Made("the checkpoint, as transformers loads it", plain_predict(run, folder), weights)
        return
    write_code(counted_model, ("numpy",), folder, judged.pairs is not None)
    yield Made(
        "counted words, by numpy alone", counted_model.CountedModel(folder).predict, folder / counted_model.ARRAYS
    )


FORMATS = {
    form.name: form
    for form in (
        Format("checkpoint", "Checkpoint", "For transformers, and to train on from.", _checkpoint),
        Format("onnx", "ONNX", "Runs without torch, with the same answers.", _onnx, packages=PACKAGES),
        Format(
            "onnx-int8", "ONNX, 8 bits", "A quarter to a third of the size; may answer a little worse, which is measured.",
            _int8, rounded=True, packages=PACKAGES,
        ),
    )
}  # fmt: skip
