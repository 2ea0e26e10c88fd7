"""Before the training: a first model learns from the labelled rows, labels texts without labels, and its surest answers join them."""

import copy
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from core.array_cache import ArrayCache, facts_in, with_facts
from core.config import ADAPT_NONE, ADAPT_OWN, NO_EFFECT, RunConfig
from core.data.sets.store import get_dataset
from core.errors import DatasetError
from core.evaluation.calibration import calibrated, fit_temperature
from core.evaluation.pseudo_labels import take_sure
from core.jobs.compute import Compute
from core.jobs.phases.beforehand import Beforehand
from core.jobs.phases.choosing import Chosen
from core.jobs.phases.fitting import job_of
from core.jobs.phases.preparing import Prepared, encode_rows
from core.jobs.phases.unlabelled import candidates
from core.jobs.recorder import RunRecorder
from core.models.adapters import attach, detach
from core.models.fingerprint import weights_fingerprint
from core.models.memory import recompute_layers
from core.strategies.registry import STRATEGIES
from core.training import checkpoints
from core.training.encoding import Encoded, encode_once
from core.training.events import Evaluated
from core.training.recipe import MOST_TEXTS, epochs_for
from core.training.scoring import score
from core.training.teachers import TEACHERS

KIND = "labelled"  # of arrays in the cache
PHASE = "labelling"
STOPPED = "labelling"  # folder of a run with what its first models need to go on, one for each round
NOT_ASKED = (  # settings that do not decide what a round gives
    *NO_EFFECT, "dataset", "test_size", "self_train", "self_rounds", "average_best", "adapt", "adapt_epochs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Round:
    """What a round begins with.

    Attributes:
        number: from 1 on.
        chosen: labelled rows, and from the second round on those that were labelled in the one before; epochs fit their number.
        prepared: the same as tokens.
        texts: that are to be labelled, as tokens.
    """

    number: int
    chosen: Chosen
    prepared: Prepared
    texts: Encoded


def teach_itself(
    chosen: Chosen, prepared: Prepared, compute: Compute, recorder: RunRecorder, should_stop: Callable[[], bool]
) -> tuple[Chosen, Prepared]:
    """What the run trains on: with the rows that earlier models of its own have labelled, where it asks for that. The classifier is left as
    it was, and ``chosen.parts`` hold labelled rows alone. What an equal round gave before is taken from disk.

    Raises:
        GraftError: when there are no texts to label.
        Interrupted: when a stop was asked for; it goes on from there when the run does.
    """
    config = chosen.config
    if config.self_train == ADAPT_NONE:
        return chosen, prepared
    recorder.phase(PHASE)
    rows = rows_to_label(chosen)
    texts = encode_once(
        rows["text"].tolist(), prepared.classifier.tokenizer, prepared.max_length,
        rows["text_pair"].tolist() if "text_pair" in rows else None, cache=ArrayCache("tokens"), truncation=config.truncation,
    )  # fmt: skip
    key, cache = _key(chosen, prepared, texts), ArrayCache(KIND)
    with_labels, ready, learnt_from = chosen, prepared, len(chosen.parts["train"])
    told: list[dict[str, Any]] = []
    for number in range(1, config.self_rounds + 1):
        kept = cache.get(f"{key}-{number}") or {}
        facts = facts_in(kept)
        if facts is None:
            start = _Round(number, with_labels, ready, texts)
            facts, kept = _labelled(start, compute, recorder, should_stop)
            cache.put(f"{key}-{number}", with_facts(kept, facts))
        taken, labels = np.array(kept["rows"]), np.array(kept["labels"])
        facts |= {"learnt_from": learnt_from, "right": _share_right(config, rows, taken, labels, chosen.dataset.labels)}
        told.append(facts)
        learnt_from = len(chosen.parts["train"]) + len(taken)
        with_labels, ready = _joined(chosen, prepared, rows, taken, labels, recorder)
    shutil.rmtree(recorder.run.path / STOPPED, ignore_errors=True)
    recorder.self_trained = {
        "from": config.self_train, "texts": len(rows), "confidence": config.self_confidence, "rounds": told,
        "taken": sum(told[-1]["taken"].values()), "seconds": sum(facts["seconds"] for facts in told),
    }  # fmt: skip
    if not recorder.self_trained["taken"]:
        recorder.warn(
            f"Of {len(rows):,} texts without labels the first model was sure enough of none: only the labelled rows are learnt from."
        )
    return replace(chosen, config=with_labels.config), ready


def rows_to_label(chosen: Chosen) -> pd.DataFrame:
    """Texts (and second texts) that are neither among the rows that the run learns from nor among those that measure it, each once.

    Raises:
        DatasetError: when there are none, or they are no pairs and the run's are.
    """
    config = chosen.config
    frame, own = candidates(config, config.self_train), config.self_train == ADAPT_OWN
    dataset = get_dataset(config.dataset if own else config.self_train)
    columns = ["text", "text_pair"] if "text_pair" in chosen.parts["train"] else ["text"]
    if len(columns) > 1 and "text_pair" not in frame:
        raise DatasetError(
            f"self_train is {config.self_train!r}, and the texts of {dataset.name!r} are no pairs.",
            "Name a set of pairs, or none.",
        )
    whole = chosen.dataset.frame()
    known = pd.concat([chosen.parts["train"][columns], whole[whole["split"] != "train"][columns]])
    seen = set(known.itertuples(index=False, name=None))
    is_new = [row not in seen for row in frame[columns].itertuples(index=False, name=None)]
    rows = frame[is_new].drop_duplicates(columns)
    if len(rows) > MOST_TEXTS:
        rows = rows.iloc[np.sort(np.random.default_rng(0).permutation(len(rows))[:MOST_TEXTS])]
    if not len(rows):
        raise DatasetError(
            f"self_train is {config.self_train!r}, and {dataset.name!r} has no text that is neither learnt from nor measures this run.",
            "Take fewer training rows (train_size), or name another set." if own else "Name another set, or none.",
        )
    return rows[[*columns, "label"]].reset_index(drop=True)


def _labelled(
    start: _Round, compute: Compute, recorder: RunRecorder, should_stop: Callable[[], bool]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What is told of a round, and the rows and labels that it gives."""
    config, prepared = start.chosen.config, start.prepared
    names = start.chosen.dataset.labels
    model, seconds = _trained(start, compute, recorder, should_stop)
    device, bf16, fp16 = compute.device.name, compute.bf16, compute.fp16
    validation = prepared.encoded["validation"]
    said = score(model, validation.encoded, device, bf16, should_stop=should_stop, fp16=fp16)
    temperature = fit_temperature(said, validation.labels)
    logits = score(model, start.texts, device, bf16, should_stop=should_stop, fp16=fp16)
    counts = start.chosen.parts["train"]["label"].value_counts()
    labelled = np.array([counts.get(name, 0) for name in names])
    taken = take_sure(calibrated(logits, temperature), config.self_confidence, labelled)
    judge = job_of(start.chosen, prepared, compute, should_stop).validate
    facts = {
        "temperature": temperature, "seconds": seconds,
        "sure": {name: int(count) for name, count in zip(names, taken.sure, strict=True)},
        "taken": {name: int(count) for name, count in zip(names, taken.counts, strict=True)},
        "validation": judge(said, validation.labels)[1] if len(validation.labels) else None,
    }  # fmt: skip
    return facts, {"rows": taken.rows, "labels": taken.labels}


def _trained(
    start: _Round, compute: Compute, recorder: RunRecorder, should_stop: Callable[[], bool]
) -> tuple[Any, float]:
    """The model of a round, as the run's own strategy trains it, and the seconds that took."""
    config, rounds = start.chosen.config, start.chosen.config.self_rounds
    strategy = STRATEGIES[config.strategy]
    model = copy.deepcopy(start.prepared.classifier.model)
    work = rounds * start.prepared.encoded["train"].encoded.tokens * float(config.epochs or 1)

    def stepped(step: int, steps: int, tokens_per_second: float) -> None:
        recorder.estimate.ahead(PHASE, work, tokens_per_second)
        recorder.progress(PHASE, (start.number - 1) * steps + step, rounds * steps)

    def evaluated(event: Evaluated) -> None:
        told = {"event": "self_trained", "round": start.number, "step": event.step, "epoch": event.epoch}
        recorder.reporter.event(told | event.scores)

    before = Beforehand(recorder.run.path / STOPPED / str(start.number), recorder, stepped, evaluated)
    job = replace(job_of(start.chosen, start.prepared, compute, should_stop), model=model)
    if strategy.teacher.steps:
        state, best = checkpoints.load_training(before.folder, before.best, recorder.warn)
        job = replace(job, resume=state, best_weights=best)
    events = TEACHERS[strategy.teacher.name](job)
    attach(model, config)
    if config.recompute:
        recompute_layers(model)
    done = before.follow(events)
    if strategy.adapter:
        detach(model)
    return model, done.seconds


def _joined(
    chosen: Chosen, prepared: Prepared, rows: pd.DataFrame, taken: np.ndarray, labels: np.ndarray, recorder: RunRecorder
) -> tuple[Chosen, Prepared]:
    """Labelled rows and those that a model has labelled, and the epochs that fit them; the parts stay those with labels."""
    config, names = chosen.config, chosen.dataset.labels
    given = rows.iloc[taken].assign(label=[names[number] for number in labels])
    train = pd.concat([chosen.parts["train"][list(rows.columns)], given], ignore_index=True)
    encoded = encode_rows(replace(chosen, parts={"train": train}), prepared.classifier, prepared.max_length, recorder)
    if STRATEGIES[config.strategy].teacher.by_epochs:
        config = config.changed(epochs=epochs_for(recorder.run.config, len(train)))
    return replace(chosen, config=config), replace(prepared, encoded=prepared.encoded | encoded)


def _share_right(
    config: RunConfig, rows: pd.DataFrame, taken: np.ndarray, labels: np.ndarray, names: tuple[str, ...]
) -> float | None:
    """How many of the labels given are those that the set has for these rows, which nothing was learnt from; None where it has none."""
    if config.self_train != ADAPT_OWN or not len(taken):
        return None
    truth = rows["label"].to_numpy()[taken]
    return float(np.mean([names[number] == true for number, true in zip(labels, truth, strict=True)]))


def _key(chosen: Chosen, prepared: Prepared, texts: Encoded) -> str:
    """Names what a round depends on, but for its number."""
    settings = {name: value for name, value in chosen.config.to_json().items() if name not in NOT_ASKED}
    train, validation = prepared.encoded["train"], prepared.encoded["validation"]
    model = prepared.classifier.model
    named = [
        settings, train.encoded.digest, validation.encoded.digest, texts.digest, list(chosen.dataset.labels),
        hashlib.blake2b(train.labels.tobytes() + validation.labels.tobytes(), digest_size=16).hexdigest(),
        weights_fingerprint(model.state_dict().items()),
    ]  # fmt: skip
    return hashlib.blake2b(json.dumps(named, sort_keys=True).encode(), digest_size=16).hexdigest()
