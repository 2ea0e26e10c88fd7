"""Are the numbers before the texts of lines their labels, or part of them: ``1 a stirring film``, but ``2 cups of flour``."""

import re
from collections import Counter
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

MOST, SURELY = 20, 10  # different labels that numbers at most are, and surely may be
OFTEN, SURELY_OFTEN, ENOUGH = 2, 3, 30  # lines of each label (in the middle, at least), and lines by which it is sure
PRESENT = 0.6  # share of the numbers from the lowest to the highest that must occur
# shares of lines from which on numbers are no labels
COUNTED, PLURAL, SAME_WORDS = 0.2, 0.5, 0.5
IN_ORDER, SURELY_IN_ORDER = 0.7, 0.85  # the same for counting on: from the first on it is asked
_UNITS = (
    "cup cups tbsp tsp tablespoon tablespoons teaspoon teaspoons spoon spoons pinch pinches clove cloves slice slices glass glasses "
    "cans piece pieces pound pounds lb lbs oz ounce ounces g gr gram grams kg mg ml cl dl litre litres liter liters cm mm km "
    "mile miles foot feet inch inches bottle bottles pack packs packet packets dozen bunch leaf leaves egg eggs tl essl teel prise stück "
    "tasse tassen zehe zehen dose becher bund scheiben löffel cuillère cuillères tasses gousse gousses tranche tranches cucharada "
    "cucharadas taza tazas diente dientes cucchiai cucchiaio"
)
_TIMES = (
    "seconds minute minutes min mins hour hours day days week weeks month months year years o'clock am pm times percent % "
    "january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec "
    "januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre uhr tage jahre wochen monate stunden "
    "minuten jours ans heures días años horas"
)
_MARKS = "star stars stern sterne étoile étoiles estrella estrellas stelle points punkte /5 /10"
_MEASURES = frozenset(f"{_UNITS} {_TIMES} {_MARKS}".split())
_SINGULAR = frozenset(
    "this is was has as his its it's always does yes us less perhaps unless besides thus james class across that's there's he's".split()
)

_YEAR = re.compile(r"(1[89]|20)\d\d[,.:]?")


class Evidence(Enum):
    """What speaks for labels."""

    SURE = "sure"
    WEAK = "weak"
    AGAINST = "against"


def weigh_labels(lines: Sequence[Sequence[str]]) -> Evidence:
    """Whether the first words of lines, where they are numbers, label the rest.

    Args:
        lines: the words of each, at least two.
    """
    numbers = [(int(words[0]), words[1:]) for words in lines if words[0].lstrip("+-").isdigit()]
    if len(numbers) < len(lines) / 2:
        return Evidence.SURE  # words in pairs, such as NUM:date
    counts = Counter(number for number, _ in numbers)
    often = sorted(counts.values())
    if len(counts) > MOST or often[len(often) // 2] < OFTEN or not _are_from_the_beginning(lines, counts):
        return Evidence.AGAINST
    if _count_what_follows(numbers) or _repeat_a_phrase(numbers):
        return Evidence.AGAINST
    in_order = _in_order([number for number, _ in numbers])
    if in_order >= SURELY_IN_ORDER:
        return Evidence.AGAINST
    sure = in_order < IN_ORDER and len(numbers) >= ENOUGH and len(counts) <= SURELY and often[0] >= SURELY_OFTEN
    return Evidence.SURE if sure else Evidence.WEAK


def _are_from_the_beginning(lines: Sequence[Sequence[str]], counts: Counter[int]) -> bool:
    """Whether the numbers go on from 0 or 1 with few gaps, or are signed."""
    if any(words[0][0] in "+-" for words in lines):
        return True
    low, high = min(counts), max(counts)
    return low in (0, 1) and len(counts) >= PRESENT * (high - low + 1)


def _count_what_follows(numbers: Sequence[tuple[int, Sequence[str]]]) -> bool:
    """Whether a unit, a month or things in the plural follow the numbers."""
    following = [(number, words[0].lower().strip(".,:;()!")) for number, words in numbers if words]
    measured = sum(word in _MEASURES for _, word in following)
    dated = sum(any(map(_YEAR.fullmatch, words[:3])) for _, words in numbers)
    several = [_is_plural(word) for number, word in following if abs(number) > 1]
    one = [_is_plural(word) for number, word in following if number == 1]
    plural = len(several) > 2 and sum(several) >= PLURAL * len(several) and sum(one) < PLURAL * max(1, len(one))
    return max(measured, dated) >= COUNTED * len(following) or plural


def _is_plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith("ss") and word not in _SINGULAR


def _repeat_a_phrase(numbers: Sequence[tuple[int, Sequence[str]]]) -> bool:
    """Whether the same words follow most numbers: ``5 out of``, ``2 in favour``."""
    phrases = Counter(" ".join(words[:2]).lower() for _, words in numbers if words)
    return max(phrases.values(), default=0) >= SAME_WORDS * len(numbers)


def _in_order(numbers: Sequence[int]) -> float:
    """The share of lines that count one on from the last, as verses and lists do."""
    return sum(after == before + 1 for before, after in pairwise(numbers)) / max(1, len(numbers) - 1)
