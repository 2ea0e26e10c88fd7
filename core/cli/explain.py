"""The command that says why a finished run answers a text as it does."""

import argparse
from typing import TYPE_CHECKING

from core.cli.output import Output

if TYPE_CHECKING:
    import numpy as np

    from core.explain.words import Word


def explain_arguments(parser: argparse.ArgumentParser) -> None:
    """The run, and the text."""
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--text", required=True, metavar="TEXT")
    parser.add_argument("--text-pair", metavar="TEXT", help="second text, for pairs")
    parser.add_argument("--label", help="explain this class or label in place of the one that is answered")
    parser.add_argument("--device", default="auto")


def explain(arguments: argparse.Namespace, out: Output) -> int:
    """The answer to one text, and how much each of its words pulled towards it.

    JSON: run, answer (as the data set writes it), label (what the weights are about), probabilities (by class or label; absent for
    scores), score (for scores), words (text, start, end, weight, read), second_words (of the second text), without (the strongest word,
    the answer without it, and delta: what the explained probability or score loses), note.

    Raises:
        GraftError: when the run has no model, or its words cannot be told apart.
    """
    from core.explain.attribution import explain as told_by
    from core.explain.attribution import without
    from core.results.answerer import load_model
    from core.runs.folder import get_run

    run, text, pair = get_run(arguments.run), arguments.text.strip(), arguments.text_pair
    model = load_model(run, arguments.device)
    second = None if pair is None else [pair]
    outputs = model.predict([text], second)
    told = told_by(model, text, pair, arguments.label)
    is_score = model.task.kind == "regression"
    which = 0 if is_score else model.labels.index(told.target)

    def figure(each: "np.ndarray") -> float:
        return float(each[0] if is_score else each[0][which])

    strongest = max(told.words, key=lambda word: abs(word.weight), default=None)
    left_out = None
    if strongest is not None and len(told.words) > 1:
        again = model.predict([without(text, strongest)], second)
        left_out = {
            "word": strongest.text, "answer": _plain(model.answers(again)[0]), "delta": round(figure(outputs) - figure(again), 6),
        }  # fmt: skip
    answer = {
        "run": run.id, "answer": _plain(model.answers(outputs)[0]), "label": told.target,
        **({"score": figure(outputs)} if is_score else
           {"probabilities": {label: round(float(share), 6) for label, share in zip(model.labels, outputs[0], strict=True)}}),
        "words": [_word(word) for word in told.words], "second_words": [_word(word) for word in told.second],
        "without": left_out, "note": told.note,
    }  # fmt: skip
    shown = sorted(told.words, key=lambda word: -abs(word.weight))[:8]
    lines = [f"{answer['answer']}" + ("" if is_score else f" ({told.target}: {100 * figure(outputs):.1f} %)")]
    lines += [f"{word.weight:+8.3f}  {word.text}" for word in shown]
    if left_out:
        lines.append(f"Without {left_out['word']!r}: {left_out['answer']}")
    out.answer(answer, [*lines, *filter(None, [told.note])])
    return 0


def _word(word: "Word") -> dict[str, object]:
    return {
        "text": word.text, "start": word.start, "end": word.end, "weight": round(word.weight, 4), "read": word.read
    }  # fmt: skip


def _plain(value: object) -> object:
    """A number or a text, as JSON takes it."""
    return value if isinstance(value, str) else float(value)  # type: ignore[arg-type]
