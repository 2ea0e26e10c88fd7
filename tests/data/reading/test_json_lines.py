from tests.data.reading.conftest import read


def test_json_lines_with_differing_fields(tmp_path):
    content = '{"text": "a good one", "label": "pos"}\n{"text": "a bad one", "label": "neg", "by": "x"}\nnot json\n'
    table = read(tmp_path, content, "x.jsonl")
    assert len(table.frame) == 2 and table.frame.columns.tolist() == ["text", "label", "by"]
    assert table.skipped[0] == (3, "not valid JSON", "not json")
