"""What the tokenizer of a chosen source makes of the texts: how much is cut, and how much of each language it knows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core import workspace
from core.checked import NUMBER, TEXT, listing, optional, read_checked, record
from core.data.cleaning.checks.check import Check, rows_of
from core.data.cleaning.languages import UNSURE, language_name, languages_of
from core.data.cleaning.texts import even_sample
from core.data.sets.lengths import dataset_lengths, length_summary
from core.data.sets.store import DataSet
from core.models.index_sources import INDEX_SOURCES, multilingual_advice

ROWS = 1000
CHARACTERS = 2000  # of each text
FEWEST_TEXTS = 10  # of a language; fewer are passed over
KNOWN = "words the model knows"
MANY_PIECES = 2.2  # pieces of a word; English texts have about 1.3 in an English model


def check_tokenisation(dataset: DataSet, model: str, max_length: int) -> list[Check]:
    """Texts cut at ``max_length`` tokens, and the share of each language that ``model`` knows.

    Raises:
        SourceError: when the tokenizer cannot be had.
    """
    return [_cut(dataset, model, max_length), *_known(dataset, model)]


def _shares_in(path: Path) -> list[Any]:
    row = record({"language": TEXT, "texts": NUMBER, "known": NUMBER, "pieces": optional(NUMBER)})
    shares: list[Any] = read_checked(path, listing(row))
    return shares


def known_shares(dataset: DataSet, model: str) -> pd.DataFrame:
    """One line a language: ``language`` (code), ``texts``, ``known`` (share of letters that are not unknown tokens,
    0..1) and ``pieces`` (tokens a word; NaN in scripts without blanks). From 1,000 rows; kept on disk."""
    from core.models.classifier import load_tokenizer
    from core.models.sources import tokenizer_stamp

    def measure() -> list[Any]:
        sample = even_sample(dataset.frame(), ROWS)
        texts = sample["text"].str.slice(0, CHARACTERS).tolist()
        return list(_measured(texts, languages_of(texts), load_tokenizer(model)))

    stamp = tokenizer_stamp(model)
    path = workspace.home() / "cache" / "known" / f"{dataset.fingerprint[:24]}-{stamp}.json"
    shares = workspace.kept(path, _shares_in, measure, workspace.put_json) if stamp else measure()
    return pd.DataFrame(shares, columns=["language", "texts", "known", "pieces"])


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
    findings = [
        finding
        for line in shares.sort_values("known").itertuples()
        if (finding := _known_language(dataset, model, str(line.language), float(line.known), line.pieces, line.texts))
    ]
    if findings or not len(shares):
        return findings
    names = ", ".join(language_name(str(code)) for code in shares.sort_values("texts", ascending=False)["language"])
    return [Check(KNOWN, "ok", f"{_named(model)} knows all letters of your {names} text.")]


def _known_language(
    dataset: DataSet, model: str, code: str, known: float, pieces: float | None, texts: int
) -> Check | None:
    """The finding about one language; None where the model reads it well."""
    language = language_name(code)
    percent = f"{100 * known:.0f} %" if known < 0.995 else "all"
    message = f"{_named(model)} knows {percent} of your {language} text"
    if known < 0.9:
        remedy = (
            f"What it does not know it cannot learn from. Choose a source made for {language}, or a multilingual one."
        )
        remedy = f"{remedy} {multilingual_advice(model)}".strip()
        sample = even_sample(dataset.frame(), ROWS)
        rows = rows_of(sample, languages_of(sample["text"].tolist()) == code)
        level = "error" if known < 0.5 else "warning"
        return Check(KNOWN, level, f"{message}: the rest is unknown characters.", rows, int(texts), remedy)
    if pieces is not None and pieces > MANY_PIECES:
        message += f", but breaks its words into {pieces:.1f} pieces each."
        remedy = f"It was hardly made for {language}; a source that knows the language reads whole words."
        remedy = f"{remedy} {multilingual_advice(model)}".strip()
        return Check(KNOWN, "note", message, count=int(texts), remedy=remedy)
    return None


def _named(model: str) -> str:
    if model in INDEX_SOURCES:
        return INDEX_SOURCES[model].title.partition(" (")[0]
    return "MiniLM" if model == "minilm" else model.rstrip("/").split("/")[-1]
