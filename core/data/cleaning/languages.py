"""In which language a text is written: by its script where that decides, else by a small classifier."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

CHARACTERS = 400  # of each text are looked at
SCRIPTS = {
    "ja": r"\u3040-\u30ff", "zh": r"\u3400-\u9fff\U00020000-\U0002fa1f", "ko": r"\u1100-\u11ff\uac00-\ud7af",
    "th": r"\u0e00-\u0e7f", "el": r"\u0370-\u03ff", "he": r"\u0590-\u05ff", "hy": r"\u0530-\u058f",
    "ka": r"\u10a0-\u10ff", "ta": r"\u0b80-\u0bff", "te": r"\u0c00-\u0c7f", "bn": r"\u0980-\u09ff",
}  # fmt: skip
COUNTERS = {code: re.compile(f"[{span}]") for code, span in SCRIPTS.items()}
LETTER = re.compile(r"[^\W\d_]")
NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian",
    "mr": "Marathi", "ms": "Malay", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish",
    "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
UNSURE = "unsure"
FEWEST_LETTERS = 25  # the classifier guesses badly below


def language_name(code: str) -> str:
    """``zh`` as Chinese."""
    return NAMES.get(code, code)


def languages_of(texts: Sequence[str]) -> np.ndarray:
    """(texts,) str language codes, ``unsure`` for texts with few letters; reliable in sum more than for a single text."""
    return np.asarray([language_of(text) for text in texts], dtype=object)


def language_of(text: str) -> str:
    """The language of one text as a two-letter code, or ``unsure``."""
    start = text[:CHARACTERS]
    letters = len(LETTER.findall(start))
    if not letters:
        return UNSURE
    counts = {code: len(counter.findall(start)) for code, counter in COUNTERS.items()}
    if counts["ja"] > 0.1 * letters:  # Japanese mixes its own letters with Chinese characters
        return "ja"
    best = max(counts, key=lambda code: counts[code])
    if counts[best] > 0.3 * letters:
        return best
    if letters < FEWEST_LETTERS:
        return UNSURE
    return str(_classifier().classify(start)[0])


@cache
def _classifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # 5 MB, on the first use only

    classifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    classifier.set_languages([code for code in NAMES if code in set(classifier.labels)])
    return classifier
