"""Commands around sources: take in a file with weights, rank sources for a data set."""

import argparse
from pathlib import Path

from core.cli.output import Output, table


def list_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether one is to be unpacked first."""
    parser.add_argument("--unpack", metavar="SOURCE", help="mpnet or e5: unpack it now, not at the start of a run")


def list_all(arguments: argparse.Namespace, out: Output) -> int:
    """Sources that a run can start from: what each is, and how to bring those that are not here.

    JSON: sources (key, title, sentence, available, why_not, at_hand).

    Raises:
        GraftError: when a source cannot be unpacked.
    """
    from dataclasses import asdict

    from core.errors import SourceError
    from core.models.errors import brief
    from core.models.index_sources import INDEX_SOURCES
    from core.models.sources import list_sources
    from core.models.unpacking import unpack

    if arguments.unpack:
        if arguments.unpack not in INDEX_SOURCES:
            raise SourceError(f"{brief(arguments.unpack)} comes in no packages.", f"Name {' or '.join(INDEX_SOURCES)}.")
        unpack(INDEX_SOURCES[arguments.unpack], lambda done, total: out.bar(done / total, "unpacking"))
    found = list_sources()
    lines = [
        f"{each.key}: {each.title}. {each.sentence}" + ("" if each.available else f" Not available: {each.why_not}")
        for each in found
    ]
    out.answer({"sources": [asdict(each) for each in found]}, lines)
    return 0


def lay_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and the architecture that it belongs to."""
    parser.add_argument("file", metavar="FILE", help="ends in .safetensors, .pt, .pth, .bin or .ckpt")
    parser.add_argument("--onto", required=True, metavar="SOURCE", help="minilm, a Hub name, a folder or run:<id>")


def lay(arguments: argparse.Namespace, out: Output) -> int:
    """Lay a file with weights onto an architecture and tell how it fits.

    JSON: source (to be given as --model), sentence, and the fields of ``core.models.fit.Fit``.

    Raises:
        SourceError: when the file cannot be read, or does not belong to the architecture.
    """
    from core.models.sources import join_source, lay_weights

    source = join_source(Path(arguments.file).expanduser().resolve(), arguments.onto)
    _, fit = lay_weights(source)
    unmatched = [f"{row['tensor']}: {row['state']}" for row in fit.table() if row["state"] != "matched"]
    answer = {"source": source, "sentence": fit.sentence} | fit.to_json()
    out.answer(answer, [fit.sentence, *unmatched, f"Use it: --model '{source}'"])
    return 0


def search_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of the names."""
    parser.add_argument("words", nargs="*", metavar="WORD", help="parts of a name, such as: german bert")


def search(arguments: argparse.Namespace, out: Output) -> int:
    """Encoders of the Hub whose names hold these words, the most downloaded first.

    JSON: models (name, kind, downloads, licence).

    Raises:
        SourceError: when the Hub cannot be asked.
    """
    from dataclasses import asdict

    from core.models.hub_search import search_models

    found = [asdict(each) for each in search_models(" ".join(arguments.words))]
    lines = (
        table(found, ("name", "kind", "downloads", "licence")) if found else ["No encoder on the Hub has such a name."]
    )
    out.answer({"models": found}, lines)
    return 0


def rank_arguments(parser: argparse.ArgumentParser) -> None:
    """The set, the sources, and how many rows to look at."""
    parser.add_argument("--dataset", required=True, metavar="DATASET")
    parser.add_argument("--source", action="append", default=[], metavar="S", help="a source to rank; may be repeated")
    parser.add_argument("--rows", type=int, default=1000, help="training rows to look at (default 1000)")


def rank(arguments: argparse.Namespace, out: Output) -> int:
    """Rank sources for a set before any training; without --source, those that are at hand.

    JSON: candidates (source, h_score, logme, probe, rank, error and what else is known), best first; seconds.

    Raises:
        GraftError: when there is no such set, or it cannot be ranked by.
    """
    from dataclasses import asdict

    from core.data.sets.store import get_dataset
    from core.transfer.ranking import rank_sources

    ranked, seconds = rank_sources(
        get_dataset(arguments.dataset), arguments.source, rows=arguments.rows,
        progress=lambda done, total: out.bar(done / max(1, total), "encoding"),
    )  # fmt: skip
    candidates = [asdict(candidate) for candidate in ranked]
    lines = table(candidates, ("rank", "source", "h_score", "logme", "probe", "error"))
    out.answer({"candidates": candidates, "seconds": seconds}, lines)
    return 0
