"""All record shapes, in the order in which they are asked. A new one is a module with a ``RecordShape``, and a line here."""

from collections.abc import Sequence

from core.data.reading.exports.argilla import ARGILLA
from core.data.reading.exports.chat import CHAT
from core.data.reading.exports.doccano import DOCCANO
from core.data.reading.exports.label_studio import LABEL_STUDIO
from core.data.reading.exports.prodigy import PRODIGY
from core.data.reading.exports.shape import Convert, Record, RecordShape
from core.data.reading.exports.tokens import TOKENS

SHAPES: tuple[RecordShape, ...] = (LABEL_STUDIO, PRODIGY, *ARGILLA, CHAT, TOKENS, DOCCANO)
LOOKED_AT = 500  # records


def find_shape(records: Sequence[Record]) -> tuple[str, Convert] | None:
    """What wrote these records and what converts each of them; None for rows that are columns already.

    Raises:
        DatasetError: for records that hold no label of a whole text.
    """
    looked_at = records[:LOOKED_AT]
    names = {name for record in looked_at for name in record}
    for shape in SHAPES:
        if shape.names(names) and (convert := shape.recognise(looked_at)):
            return shape.title, convert
    return None


def may_have_shape(names: set[str]) -> bool:
    """Whether a table with these columns is worth a look into its cells."""
    return any(shape.names(names) for shape in SHAPES)
