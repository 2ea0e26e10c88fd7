import pandas as pd

from core.data.reading.joined import join_parts
from core.data.reading.read import whole_table
from core.data.reading.readers import open_table


def test_files_follow_each_other_with_the_part_of_each_and_their_skipped_rows(tmp_path):
    opened = []
    for part in ("train", "test"):
        path = tmp_path / f"{part}.csv"
        path.write_text("All reviews\n\ntext,label\n" + "".join(f"{part} film {n},{'ab'[n % 2]}\n" for n in range(9)))
        opened.append((part, open_table(path)))
    table = whole_table(join_parts(opened, "both"))
    assert table.frame["split"].tolist() == ["train"] * 9 + ["test"] * 9 and len(table.skipped) == 2
    assert [batch.done for batch in join_parts(opened, "both").batches()] == [0.5, 1.0]


def test_a_column_called_split_is_left_alone(tmp_path):
    pd.DataFrame({"text": ["a"], "split": ["x"]}).to_parquet(tmp_path / "a.parquet")
    joined = join_parts([("train", open_table(tmp_path / "a.parquet"))], "one")
    assert whole_table(joined).frame.to_dict("records") == [{"text": "a", "split": "x", "part": "train"}]
