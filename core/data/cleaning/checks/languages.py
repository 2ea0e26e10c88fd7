"""In which languages the texts of a set are."""

import numpy as np
import pandas as pd

from core.data.cleaning.checks.check import Check, CheckGroup, Drop, rows_of
from core.data.cleaning.languages import UNSURE, language_name, languages_of
from core.data.cleaning.material import Material
from core.data.cleaning.texts import even_sample

LANGUAGE_ROWS = 2000
SMALL_SHARE = 0.02  # languages below this share of the texts are not told: single texts are often misread


def check_languages(material: Material) -> list[Check]:
    """Whether the texts are in one language, and which others there are."""
    return [_languages(material.frame)]


def language_shares(frame: pd.DataFrame) -> dict[str, float]:
    """Language code -> share of the texts that could be told, largest first; of an even sample of 2,000 rows."""
    languages = pd.Series(languages_of(even_sample(frame, LANGUAGE_ROWS)["text"].tolist()))
    known = languages[languages != UNSURE]
    return {str(code): float(share) for code, share in known.value_counts(normalize=True).items()}


def other_languages(frame: pd.DataFrame) -> np.ndarray:
    """(rows,) bool: texts that are surely not in the main language of the set."""
    main = next(iter(language_shares(frame)), UNSURE)
    languages = languages_of(frame["text"].tolist())
    return (languages != main) & (languages != UNSURE)


def _languages(frame: pd.DataFrame) -> Check:
    shares = {code: share for code, share in language_shares(frame).items() if share >= SMALL_SHARE}
    if not shares:
        return Check("languages", "ok", "The texts are too short to tell their language.")
    mix = ", ".join(f"{100 * share:.0f} % {language_name(code)}" for code, share in shares.items())
    sampled = f" (told from {LANGUAGE_ROWS:,} texts drawn evenly)" if len(frame) > LANGUAGE_ROWS else ""
    if len(shares) == 1:
        return Check("languages", "ok", f"The texts are in {language_name(next(iter(shares)))}{sampled}.")
    main = next(iter(shares))
    sample = even_sample(frame, LANGUAGE_ROWS)
    languages = languages_of(sample["text"].tolist())
    mask = np.isin(languages, [code for code in shares if code != main])
    message = f"Several languages: {mix}{sampled}."
    fix = OTHER_LANGUAGES.remedy(f"Keep {language_name(main)} only")
    remedy = "A source that knows one language learns little from the others: take one that knows all, or keep one."
    level = "warning" if shares[main] < 0.9 else "note"
    return Check("languages", level, message, rows_of(sample, mask), int(mask.sum()), remedy, fix)


OTHER_LANGUAGES = Drop("other_languages", "are not in the main language", lambda m: other_languages(m.frame))
LANGUAGES = CheckGroup("languages", "Looking at languages", check_languages, share=5, drops=(OTHER_LANGUAGES,))
