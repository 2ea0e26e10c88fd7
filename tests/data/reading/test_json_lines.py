from core.data.reading import transcode
from tests.data.reading.conftest import read


def test_json_lines_with_differing_fields(tmp_path):
    content = '{"text": "a good one", "label": "pos"}\n{"text": "a bad one", "label": "neg", "by": "x"}\nnot json\n'
    table = read(tmp_path, content, "x.jsonl")
    assert len(table.frame) == 2 and table.frame.columns.tolist() == ["text", "label", "by"]
    assert table.skipped[0] == (3, "not valid JSON", "not json", 2)


def test_lines_longer_than_a_piece_are_read_whole_under_their_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(transcode, "BLOCK", 7)
    lines = ['{"text": "eine große Überraschung"}', "", "[broken", '{"text": "zwei"}']
    table = read(tmp_path, "\n".join(lines), "x.jsonl")
    assert table.frame["text"].tolist() == ["eine große Überraschung", "zwei"]
    assert table.skipped == ((3, "not valid JSON", "[broken", 1),)


def test_lines_of_old_macs_are_lines(tmp_path):
    assert len(read(tmp_path, "\r".join(f'{{"text": "film {n}"}}' for n in range(9)), "x.jsonl").frame) == 9
