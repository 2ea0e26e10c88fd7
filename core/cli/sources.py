"""Commands around sources: take in a file with weights, rank sources for a data set."""

import argparse
from pathlib import Path

from core.cli.output import Output, table


def source(arguments: argparse.Namespace, out: Output) -> int:
    from dataclasses import asdict

    from core.models.sources import join_source, lay_weights

    key = join_source(Path(arguments.file).expanduser().resolve(), arguments.onto)
    _, fit = lay_weights(key)
    lines = [fit.sentence, *(f"{row['tensor']}: {row['state']}" for row in fit.table() if row["state"] != "matched")]
    out.answer({"source": key, "sentence": fit.sentence} | asdict(fit), [*lines, f"Use it: --model '{key}'"])
    return 0


def rank(arguments: argparse.Namespace, out: Output) -> int:
    from dataclasses import asdict

    from core.data.sets.store import get_dataset
    from core.transfer.ranking import rank_sources

    candidates, seconds = rank_sources(
        get_dataset(arguments.dataset), arguments.source, rows=arguments.rows,
        progress=lambda done, total: out.bar(done / max(1, total), "encoding"),
    )  # fmt: skip
    rows = [asdict(each) for each in candidates]
    lines = table(rows, ("rank", "source", "h_score", "logme", "probe", "error"))
    out.answer({"candidates": rows, "seconds": seconds}, lines)
    return 0
