"""Fixes of what rows hold: repeated lines stripped from the texts, columns taken out."""

import pandas as pd

from core.data.cleaning.checks.check import counted
from core.data.cleaning.fixes.fix import Fix, changed, further_columns
from core.data.cleaning.material import Material
from core.data.sets.versions import Revision
from core.errors import DatasetError


def strip_lines(material: Material, lines: list[str]) -> Revision:
    """Take these lines out of every text; a text that was nothing else goes."""
    frame = material.frame
    gone = {line.strip() for line in lines}
    after = pd.Series(
        ["\n".join(line for line in text.split("\n") if line.strip() not in gone).strip() for text in frame["text"]]
    )
    moved = changed(frame, "text", after)
    left = (after != "").to_numpy()  # a text that was nothing but boilerplate has nothing left to learn from
    sentence = (
        f"Stripped {counted(len(gone), 'repeated line', 'repeated lines')} from {counted(len(moved), 'text', 'texts')}."
    )
    if not left.all():
        sentence += f" {counted(int((~left).sum()), 'text', 'texts')} held nothing else and went."
    return Revision(frame.assign(text=after)[left], sentence, moved)


def drop_columns(material: Material, columns: list[str]) -> Revision:
    """Take columns of the file out of the set."""
    frame = material.frame
    known = further_columns(frame)
    if missing := [column for column in columns if column not in known]:
        raise DatasetError(f"There is no column {missing[0]!r}.", f"Columns: {', '.join(known)}.")
    left = frame.drop(columns=[f"extra.{column}" for column in columns])
    sentence = f"Took out {counted(len(columns), 'column', 'columns')}: {', '.join(columns)}."
    none = pd.DataFrame({"row": pd.Series(dtype="int64"), "what": [], "before": [], "after": []})
    return Revision(left, sentence, none, gone_columns=tuple(columns))


STRIP_LINES = Fix("strip_lines", strip_lines)
DROP_COLUMNS = Fix("drop_columns", drop_columns)
