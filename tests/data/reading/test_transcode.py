import pytest

from core.data.reading import transcode
from core.data.reading.transcode import text_pieces
from tests.data.reading.conftest import read


def test_a_cp1252_part_glued_to_a_utf8_file_is_mended_and_told(tmp_path):
    good = "\n".join(f"{number},le café était délicieux,pos" for number in range(300))
    table = read(tmp_path, ("id,text,label\n" + good).encode() + "\n300,un été,neg\n".encode("cp1252"))
    assert len(table.frame) == 301 and table.frame["text"][300] == "un été"
    assert "2 places do not fit the encoding" in " ".join(table.warnings)


@pytest.mark.parametrize("block", [1, 2, 3, 5])
def test_pieces_end_between_characters(tmp_path, monkeypatch, block):
    monkeypatch.setattr(transcode, "BLOCK", block)
    path = tmp_path / "x.txt"
    path.write_bytes("aé你😀".encode() * 3 + b"\xe9")
    pieces = list(text_pieces(path, "utf-8", "x.txt", strict=False))
    assert "".join(text for text, _, _ in pieces) == "aé你😀" * 3 + "é" and pieces[-1] == ("", 1.0, 0)
    assert sum(misfits for _, _, misfits in pieces) == 1
