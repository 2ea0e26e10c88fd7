from tests.data.reading.conftest import read


def test_a_cp1252_part_glued_to_a_utf8_file_is_mended_and_told(tmp_path):
    good = "\n".join(f"{number},le café était délicieux,pos" for number in range(300))
    table = read(tmp_path, ("id,text,label\n" + good).encode() + "\n300,un été,neg\n".encode("cp1252"))
    assert len(table.frame) == 301 and table.frame["text"][300] == "un été"
    assert "2 places do not fit the encoding" in " ".join(table.warnings)
