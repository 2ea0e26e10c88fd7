"""Abilities of a source: tasks that it can do, asked before and after its weights have moved.

An earlier run is asked its own task, with its own head on whatever encoder is given. Any other source is asked what every
sentence encoder can do: serve a linear classifier on texts of a shipped sample (a probe), and find the second half of a text
among many, given its first half. One that comes with its head for hidden words is also asked to guess words of shipped texts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.data.sets.apart import learnable
from core.data.sets.samples import SAMPLES
from core.data.sets.store import DataSet, get_dataset
from core.data.splits.sampling import draw_part
from core.errors import DatasetError, RunError, SourceError
from core.models.masked import load_masked
from core.models.mixing import Weights, encoder_weights, put_encoder
from core.results.predictor import Predictor
from core.runs.folder import Run, get_run
from core.tasks import task_of
from core.training.features import load_encoder, text_features
from core.training.guessing import guessed_words

if TYPE_CHECKING:
    from transformers import PreTrainedModel

MATCHED = 300  # texts whose halves are matched
GUESSED = 600  # texts of which a word is guessed
REFERENCES = ("support", "reviews")  # samples for the probe, the first whose texts the run has not learnt from
FOLDS = 5  # of the probe: every text of the sample is judged once, by a classifier that did not learn from it
PROBE_LENGTH = 64  # tokens of a text that probe and matching read


@dataclass(frozen=True, slots=True)
class Ability:
    """A task of the source with texts of its own.

    Attributes:
        task: in words, as the subject of a sentence.
        before: (texts,) bool, which of them the source gets right.
        chooses: (texts,) bool: by which of them a trade-off may be chosen; the others judge it.
        ask: from the weights of an encoder to (texts,) bool, which texts it gets right.
    """

    task: str
    before: np.ndarray
    chooses: np.ndarray
    ask: Callable[[Weights], np.ndarray]


def abilities_of(run: Run, *, choosing: bool = False) -> list[Ability]:
    """What the source of ``run`` could do, the ability that counts most first.

    Args:
        choosing: whether texts to choose a trade-off by are wanted beside those that judge it; they cost time.

    Raises:
        RunError: when there is nothing to ask the source by.
    """
    if run.config.model.startswith("run:") and _can_be_right(get_run(run.config.model[4:])):
        return [earlier_task(get_run(run.config.model[4:]), choosing=choosing)]
    source, revision = run.config.model, run.config.revision
    encoder = load_encoder(source, revision)  # what can fail does so before the long part
    found = [_probe(encoder, source, run), _matching(encoder, source, run), _guessing(source, revision)]
    if abilities := [ability for ability in found if ability is not None]:
        return abilities
    raise RunError("There are no texts to measure the source's ability by.", "Use more data, of two sentences each.")


def earlier_task(earlier: Run, *, choosing: bool) -> Ability:
    """The task of an earlier run: its test rows judge, its validation rows may choose.

    Raises:
        RunError: when the earlier run has no result or no model.
    """
    result = earlier.result
    if result is None:
        raise RunError(f"The earlier run {earlier.name} has no result.", "Its task cannot be measured again.")
    table = earlier.read_predictions(result["split"])
    more = _validation_rows(earlier) if choosing and result["split"] != "validation" else table[:0]
    rows = pd.concat([more, table], ignore_index=True)
    old = Predictor.load(earlier)
    old.known = None  # its model is about to answer with other weights: nothing of that may be remembered as its own
    truth, texts = rows["label"].to_numpy(), rows["text"].tolist()
    pairs = rows["text_pair"].tolist() if "text_pair" in rows else None

    def right() -> np.ndarray:
        return np.asarray(old.answers(old.predict(texts, pairs)) == truth, dtype=bool)

    def ask(weights: Weights) -> np.ndarray:
        put_encoder(old.classifier.model, weights)
        return right()

    before = table["correct"].to_numpy(dtype=bool) if not len(more) else right()
    return Ability(f"the task of the earlier run {earlier.name}", before, np.arange(len(rows)) < len(more), ask)


def _validation_rows(earlier: Run) -> pd.DataFrame:
    try:
        dataset, config = get_dataset(earlier.config.dataset), earlier.config
    except DatasetError:  # deleted since: the test rows are kept with the run
        return pd.DataFrame()
    rows = learnable(dataset.frame(), dataset, "validation", config.domains, config.apart_from)
    return draw_part(rows, task_of(dataset.task).kind, config.validation_size, 0)


def _can_be_right(earlier: Run) -> bool:
    """Whether the earlier task had answers that are right or wrong; a score is only more or less off."""
    return (earlier.result or {}).get("task") != "regression"


def _probe(encoder: "PreTrainedModel", source: str, run: Run) -> Ability | None:
    """A linear classifier on the frozen encoder, cross-validated on a shipped sample."""
    key = _reference(get_dataset(run.config.dataset))
    if key is None:
        return None
    sample = pd.read_csv(SAMPLES[key].path)
    texts, labels = sample["text"].astype(str).tolist(), sample["label"].astype(str).to_numpy()

    def right() -> np.ndarray:
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedKFold, cross_val_predict
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        features = text_features(encoder, source, texts, max_length=PROBE_LENGTH, all_layers=False)
        classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        return np.asarray(cross_val_predict(classifier, features, labels, cv=folds) == labels, dtype=bool)

    title = SAMPLES[key].title
    task = f"telling {len(set(labels))} classes apart by a linear classifier on the encoder (sample {title})"
    return _asked(task, encoder, right)


def _reference(dataset: DataSet) -> str | None:
    """The sample that serves the probe: shipped, and not the texts that the run has learnt from."""
    known = set(dataset.frame()["text"])
    for key in REFERENCES:
        if SAMPLES[key].path.exists() and not known & set(pd.read_csv(SAMPLES[key].path)["text"]):
            return key
    return None


def _matching(encoder: "PreTrainedModel", source: str, run: Run) -> Ability | None:
    """The second half of a text among many, given its first half: the nearest by cosine."""
    halves = _halves(run)
    if len(halves) < 10:
        return None
    sides = [[half[index] for half in halves] for index in (0, 1)]

    def right() -> np.ndarray:
        a, b = (
            text_features(encoder, source, texts, max_length=PROBE_LENGTH, all_layers=False).astype(np.float64)
            for texts in sides
        )
        a, b = (side / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-12) for side in (a, b))
        return np.asarray((a @ b.T).argmax(axis=1) == np.arange(len(a)), dtype=bool)

    return _asked(f"finding the second half of a text among {len(halves)}, given its first half", encoder, right)


def _guessing(source: str, revision: str | None) -> Ability | None:
    """One hidden word of each shipped text, guessed by the source's own head from what stands around it."""
    try:
        masked = load_masked(source, revision, 0).eval()
    except SourceError:  # its tokenizer has no mask, or it is of a kind without such a head
        return None
    texts = [
        text
        for key in REFERENCES
        if SAMPLES[key].path.exists()
        for text in pd.read_csv(SAMPLES[key].path)["text"].astype(str)
    ]
    if masked.fresh or not texts:
        return None
    spread = np.linspace(0, len(texts) - 1, min(GUESSED, len(texts))).astype(int)
    texts = [texts[place] for place in spread]

    def right() -> np.ndarray:
        return guessed_words(masked, source, revision, texts, PROBE_LENGTH)

    return _asked(f"guessing a hidden word of a text (one in each of {len(texts)} shipped ones)", masked.encoder, right)


def _asked(task: str, encoder: "PreTrainedModel", right: Callable[[], np.ndarray]) -> Ability:
    """An ability of a bare encoder; every other text may choose."""
    own = encoder_weights(encoder)

    def ask(weights: Weights) -> np.ndarray:
        put_encoder(encoder, own | weights)
        return right()

    before = ask({})
    return Ability(task, before, np.arange(len(before)) % 2 == 1, ask)


def _halves(run: Run) -> list[tuple[str, str]]:
    """Texts in two halves, cut between sentences: of the shipped reviews, else of the run's own data."""
    path = SAMPLES["reviews"].path
    texts = pd.read_csv(path)["text"].tolist() if path.exists() else get_dataset(run.config.dataset).frame()["text"]
    halves = []
    for text in texts:
        sentences = re.split(r"(?<=[.!?])\s+", text)
        if len(sentences) >= 2:
            middle = len(sentences) // 2
            halves.append((" ".join(sentences[:middle]), " ".join(sentences[middle:])))
    return halves[:MATCHED]
