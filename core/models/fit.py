"""How the tensors of a file lie on an architecture, by their names and shapes alone.

The file's names and the architecture's differ by what a program put in front of them (``module.`` by data-parallel
training, ``bert.`` by a model with a head, ``model.`` by a trainer). Both fronts are found by trying: the pair under
which the most numbers fall on a tensor of the same name and shape wins.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import SourceError

LEAST = 0.5  # share of the encoder's numbers that a file must provide

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a file lies on an architecture.

    Attributes:
        matched: names of the encoder's tensors that the file provides.
        missing: names of the encoder's tensors that it does not; they start out random.
        left_over: the file's names that the encoder has no place for, such as another task's head.
        differs: name, shape in the file and shape in the architecture, where only the shape does not fit.
        removed: what stood in front of the file's names; ``added``: what stands there in the architecture.
        share: part of the encoder's numbers (0 to 1) that the file provides.
    """

    file: str
    architecture: str
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    left_over: tuple[str, ...]
    differs: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    removed: str
    added: str
    share: float

    @property
    def sentence(self) -> str:
        """The fit in one sentence."""
        whole = len(self.matched) + len(self.missing) + len(self.differs)
        parts = [f"{len(self.matched)} of {whole} tensors of {self.architecture} come from the file"]
        parts += [f"{len(self.missing)} are missing and start out random"] if self.missing else []
        parts += [f"{len(self.differs)} have another shape and are not used"] if self.differs else []
        parts += [f"{len(self.left_over)} of the file's are left over"] if self.left_over else []
        return "; ".join(parts) + "."

    def table(self) -> list[dict[str, str]]:
        """One line a tensor: its name and its state, what does not match first."""
        rows = [(name, "missing: starts out random") for name in self.missing]
        rows += [(name, f"not used: {own} in the file, {expected} expected") for name, own, expected in self.differs]
        rows += [(name, "left over: the encoder has no place for it") for name in self.left_over]
        return [
            {"tensor": name, "state": state} for name, state in [*rows, *((name, "matched") for name in self.matched)]
        ]

    def to_json(self) -> dict[str, Any]:
        """All fields by name, tuples as lists once written."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Fit":
        """The fit that ``to_json`` gave, after a way through a file."""
        differs = tuple((name, tuple(own), tuple(expected)) for name, own, expected in value["differs"])
        lists = {key: tuple(value[key]) for key in ("matched", "missing", "left_over")}
        return cls(**value | lists | {"differs": differs})


def fit_shapes(
    file: str, architecture: str, given: Shapes, wanted: Shapes, unweighted: Iterable[str] = ()
) -> tuple[Fit, dict[str, str]]:
    """How a file fits, and the file's own name of each tensor that matches, by the encoder's name.

    Args:
        given: shape of each tensor in the file, by name; ``wanted``: of each parameter of the encoder.
        unweighted: the encoder's tensors that are no weights; in the file they are not called left over.
    """
    removed, added = fronts(given, wanted)
    renamed = {added + name.removeprefix(removed): name for name in given if name.startswith(removed)}
    names = {name: renamed[name] for name in wanted if name in renamed}
    matched = {name: own for name, own in names.items() if given[own] == wanted[name]}
    used, unweighted = set(names.values()), set(unweighted)
    fit = Fit(
        file=file,
        architecture=architecture,
        matched=tuple(matched),
        missing=tuple(name for name in wanted if name not in names),
        left_over=tuple(
            name for name in given if name not in used and added + name.removeprefix(removed) not in unweighted
        ),
        differs=tuple((name, given[own], wanted[name]) for name, own in names.items() if name not in matched),
        removed=removed,
        added=added,
        share=sum(_numbers(wanted[name]) for name in matched) / max(1, sum(map(_numbers, wanted.values()))),
    )
    return fit, matched


def check_fit(fit: Fit) -> None:
    """Refuse what cannot be meant: another vocabulary than the tokenizer's, or hardly anything that matches.

    Raises:
        SourceError: saying which, with the names or shapes in question.
    """
    for name, own, expected in fit.differs:
        if "word_embeddings" in name or "tok_embeddings" in name:
            raise SourceError(
                f"The file's vocabulary does not fit {fit.architecture}: {name} is {own} in the file and {expected} there.",
                "Name the architecture that the file was trained with, so that its tokenizer fits, too.",
            )
    if fit.share < LEAST:
        whole = len(fit.matched) + len(fit.missing) + len(fit.differs)
        example = next(iter(fit.left_over), "none")
        raise SourceError(
            f"Only {len(fit.matched)} of {whole} tensors of {fit.architecture} are in the file "
            f"({100 * fit.share:.0f} % of its numbers; the file has names such as {example}).",
            "Name the architecture that the file was trained with.",
        )


def fronts(given: Shapes, wanted: Shapes) -> tuple[str, str]:
    """What to take from the front of the file's names and what to put there, so that the most numbers find a place.

    Args:
        given: shape of each tensor in the file, by name; ``wanted``: of each tensor in the architecture.
    """
    most, best = 0, ("", "")
    for added in _front_candidates(wanted):
        inner = {name.removeprefix(added): shape for name, shape in wanted.items() if name.startswith(added)}
        for removed in _front_candidates(given):
            numbers = 0
            for name, shape in given.items():
                if name.startswith(removed) and inner.get(name[len(removed) :]) == shape:
                    numbers += _numbers(shape)
            if numbers > most:
                most, best = numbers, (removed, added)
    return best


def _front_candidates(names: Iterable[str]) -> list[str]:
    """Every front, ending in a dot and without a number, that stands before at least two names; the empty one first."""
    counts: dict[str, int] = {}
    for name in names:
        parts = name.split(".")
        for depth in range(1, min(len(parts), 6)):
            front = ".".join(parts[:depth]) + "."
            counts[front] = counts.get(front, 0) + 1
    numbered = {front for front in counts if any(part.isdigit() for part in front.split("."))}
    return ["", *(front for front, count in counts.items() if count > 1 and front not in numbered)]


def _numbers(shape: tuple[int, ...]) -> int:
    product = 1
    for size in shape:
        product *= size
    return product
