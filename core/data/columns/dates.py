"""Dates and times, told by how the cells of a column are written."""

import re
from collections.abc import Collection

_MONTHS = (
    r"jan\w*|feb\w*|f[eé]v\w*|mar\w*|m[aä]r\w*|apr\w*|avr\w*|abr\w*|ma[iyj]\w*|jun\w*|jui\w*|jul\w*|aug\w*|ao[uû]\w*|ago\w*"
    r"|sep\w*|o[ckt]t\w*|out\w*|nov\w*|de[czs]\w*|d[eé]c\w*|dic\w*|ene\w*|gen\w*|mag\w*|giu\w*|lug\w*|set\w*"
)
_TIME = r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[ap]\.?m\.?)?"
_ZONE = r"( ?(Z|UTC|GMT|[A-Z]{3,4}|[-+]\d{2}:?\d{2}))?"
_DAY = (
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{4}年\d{1,2}月(\d{1,2}日)?"
    r"|\d{4}년 ?\d{1,2}월( ?\d{1,2}일)?"
    rf"|\d{{1,2}}\.?(st|nd|rd|th)?[ -](de )?({_MONTHS})\.?,?[ -](de )?\d{{2,4}}|({_MONTHS})\.? \d{{1,2}}(st|nd|rd|th)?,? \d{{4}}"
    rf"|({_MONTHS})\.? \d{{4}}"
)
_WEEKDAY = r"(\w{2,10}\.?,? )?"
DATE = re.compile(
    rf"{_WEEKDAY}(({_DAY})(,?[ T]+{_TIME}{_ZONE})?|{_TIME}{_ZONE}|(({_MONTHS}) \d{{1,2}} {_TIME}{_ZONE} \d{{4}}))",
    re.IGNORECASE,
)
MOST = 0.9  # share of the cells


def are_dates(values: Collection[str]) -> bool:
    """Whether nearly all of these cells are dates or times."""
    return bool(values) and sum(DATE.fullmatch(value) is not None for value in values) >= MOST * len(values)
