"""What the chosen model makes of the texts: how much it cuts, and how much of each language it knows."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from core import workspace
from core.data.cleaning.checks.check import Check, rows_of
from core.data.cleaning.languages import UNSURE, language_name, languages_of
from core.data.cleaning.texts import even_sample
from core.data.sets.lengths import dataset_lengths, length_summary
from core.data.sets.store import DataSet

ROWS = 1000
CHARACTERS = 2000  # of each text
FEWEST_TEXTS = 10  # of a language; fewer are not told
MANY_PIECES = 2.2  # pieces of a word; English texts have about 1.3 in an English model


def check_reading(dataset: DataSet, model: str, max_length: int) -> list[Check]:
    """Texts cut at ``max_length`` tokens, and the share of each language that ``model`` knows.

    Raises:
        SourceError: when the tokenizer cannot be had.
    """
    return [_cut(dataset, model, max_length), *_known(dataset, model)]


def known_shares(dataset: DataSet, model: str) -> pd.DataFrame:
    """One line a language: ``language`` (code), ``texts``, ``known`` (share of letters that are not unknown tokens,
    0..1) and ``pieces`` (tokens a word; NaN in scripts without blanks). From 1,000 rows; kept on disk."""
    from core.models.classifier import load_tokenizer

    key = f"{dataset.fingerprint[:24]}-{model.replace('/', '_').replace(':', '_')[-80:]}"
    path = workspace.folder("cache", "known") / f"{key}.json"
    kept = workspace.read_json(path)
    if kept is None:
        sample = even_sample(dataset.frame(), ROWS)
        texts = sample["text"].str.slice(0, CHARACTERS).tolist()
        kept = list(_measured(texts, languages_of(texts), load_tokenizer(model)))
        workspace.write_json(path, kept)
    return pd.DataFrame(kept, columns=["language", "texts", "known", "pieces"])


def _measured(texts: list[str], languages: np.ndarray, tokenizer: object) -> Iterator[dict[str, object]]:
    unknown = getattr(tokenizer, "unk_token_id", None)
    encoded = tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True, return_attention_mask=False)  # type: ignore[operator]
    counted = []
    for text, ids, spans in zip(texts, encoded["input_ids"], encoded["offset_mapping"], strict=True):
        lost = sum(end - start for id_, (start, end) in zip(ids, spans, strict=True) if id_ == unknown)
        letters = len("".join(text.split()))
        counted.append((letters, min(lost, letters), len(text.split()), len(ids)))
    frame = pd.DataFrame(counted, columns=["letters", "lost", "words", "tokens"]).assign(language=languages)
    for language, rows in frame.groupby("language"):
        blanks = language not in ("zh", "ja", "th", UNSURE)
        yield {
            "language": str(language), "texts": len(rows),
            "known": float(1 - rows["lost"].sum() / max(1, rows["letters"].sum())),
            "pieces": float(rows["tokens"].sum() / max(1, rows["words"].sum())) if blanks else None,
        }  # fmt: skip


def _cut(dataset: DataSet, model: str, max_length: int) -> Check:
    summary = length_summary(dataset_lengths(dataset, model), max_length)
    share, lost = 100 * summary.share_cut, 100 * summary.share_tokens_lost
    name = "texts cut"
    if share < 0.05:
        return Check(name, "ok", f"No text is longer than {max_length} tokens of {_named(model)}.")
    sampled = f" (from {summary.rows:,} texts drawn evenly)" if summary.rows < dataset.rows else ""
    message = (
        f"At {max_length} tokens {share:.1f} % of the texts are cut and {lost:.1f} % of all tokens are not read by "
        f"{_named(model)}{sampled}."
    )
    level = "warning" if lost > 25 else "note" if share >= 5 else "ok"
    remedy = "Raise the max length, if what matters may stand towards the end." if level != "ok" else ""
    return Check(name, level, message, remedy=remedy)


def _known(dataset: DataSet, model: str) -> list[Check]:
    shares = known_shares(dataset, model)
    shares = shares[(shares["texts"] >= min(FEWEST_TEXTS, dataset.rows)) & (shares["language"] != UNSURE)]
    name = "words the model knows"
    found = []
    for each in shares.sort_values("known").itertuples():
        language = language_name(str(each.language))
        percent = f"{100 * each.known:.0f} %" if each.known < 0.995 else "all"
        told = f"{_named(model)} knows {percent} of your {language} text"
        if each.known < 0.9:
            level = "error" if each.known < 0.5 else "warning"
            remedy = f"What it does not know it cannot learn from. Choose a source made for {language}, or a multilingual one."
            rows = rows_of(
                sample := even_sample(dataset.frame(), ROWS), languages_of(sample["text"].tolist()) == each.language
            )
            found.append(Check(name, level, f"{told}: the rest is unknown characters.", rows, int(each.texts), remedy))
        elif each.pieces is not None and each.pieces > MANY_PIECES:
            message = f"{told}, but breaks its words into {each.pieces:.1f} pieces each."
            remedy = f"It was hardly made for {language}; a source that knows the language reads whole words."
            found.append(Check(name, "note", message, count=int(each.texts), remedy=remedy))
    if found or not len(shares):
        return found
    told = ", ".join(language_name(str(code)) for code in shares.sort_values("texts", ascending=False)["language"])
    return [Check(name, "ok", f"{_named(model)} knows all letters of your {told} text.")]


def _named(model: str) -> str:
    return "MiniLM" if model == "minilm" else model.rstrip("/").split("/")[-1]
