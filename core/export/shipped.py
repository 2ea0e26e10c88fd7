"""What lies beside the weights of an export: what the model answers, the code that reads it, an example, what it needs."""

import json
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import jinja2

from core.export.exported_model import DESCRIBED, TOKENS
from core.export.onnx_file import input_names
from core.export.self_contained import self_contained
from core.results.predictor import Predictor
from core.training.truncation import special_counts

TEMPLATES = Path(__file__).resolve().parent / "templates"
CODE, EXAMPLE, NEEDS = "graft_model.py", "example.py", "requirements.txt"


def describe(predictor: Predictor, folder: Path) -> None:
    """Write the tokenizer, and what a reader has to know: labels, thresholds, and which part of a long text is read.

    Raises:
        GraftError: when the tokenizer exists as Python code alone.
    """
    from core.errors import GraftError

    classifier = predictor.classifier
    tokenizer = classifier.tokenizer
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise GraftError(
            f"The tokenizer {type(tokenizer).__name__} has no file that is read without transformers.",
            "Export it as a checkpoint.",
        )
    backend.save(str(folder / TOKENS))
    is_cut = predictor.truncation != "head"
    described = {
        "kind": predictor.task.kind, "labels": list(predictor.labels),
        "thresholds": None if predictor.thresholds is None else predictor.thresholds.tolist(),
        "max_length": predictor.max_length, "truncation": predictor.truncation, "side": tokenizer.truncation_side,
        "special": special_counts(tokenizer) if is_cut else None, "inputs": input_names(classifier),
        "pad": tokenizer.pad_token_id or 0,
    }  # fmt: skip
    (folder / DESCRIBED).write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")


def write_code(reader: ModuleType, packages: tuple[str, ...], folder: Path, takes_pairs: bool) -> None:
    """Write the module that reads the export, an example that calls it, and the versions that were measured.

    Args:
        reader: a module with one class, whose name ends in Model.
    """
    name = next(name for name in vars(reader) if name.endswith("Model") and name[0].isupper())
    (folder / CODE).write_text(self_contained(reader), encoding="utf-8")
    template = jinja2.Template((TEMPLATES / "example.py.txt").read_text(encoding="utf-8"), keep_trailing_newline=True)
    example = template.render(reader=name, takes_pairs=takes_pairs)
    (folder / EXAMPLE).write_text(example, encoding="utf-8")
    needs = "".join(f"{package}=={version(package)}\n" for package in packages)
    (folder / NEEDS).write_text(needs, encoding="utf-8")
