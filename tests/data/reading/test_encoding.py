import json
import re
import unicodedata

import pytest

from core.data.reading.encoding import judge_encoding
from core.data.reading.read import read_table
from core.errors import DatasetError
from tests.data.reading.conftest import read, zipped


def test_accents_of_an_old_windows_file_are_read(tmp_path):
    content = "text,label\nle café était délicieux,pos\nle dîner était très mauvais,neg\n".encode("cp1252")
    assert read(tmp_path, content).frame["text"][0] == "le café était délicieux"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_chinese_is_read(tmp_path, encoding):
    rows = [
        "label,review",
        *["1,酒店环境很好，服务热情周到，下次还会再来", "0,房间很脏，服务态度也很差劲，不推荐"] * 30,
    ]
    table = read(tmp_path, "\n".join(rows).encode(encoding))
    assert len(table.frame) == 60 and table.frame["review"][0].startswith("酒店环境很好")


LANGUAGES = {
    "cp1252": "Der Käse schmeckte überraschend gut, schöne Grüße", "cp1250": "Wczoraj poszliśmy do kina, film był świetny",
    "cp1251": "Вчера мы ходили в кино, очень понравилось", "koi8-r": "Вчера мы ходили в кино, очень понравилось",
    "cp1253": "Χθες πήγαμε σινεμά, η ταινία ήταν πολύ καλή", "cp1254": "Dün sinemaya gittik, film çok güzeldi, ışıklar şahaneydi",
    "cp1255": "אתמול הלכנו לקולנוע, הסרט היה מצוין", "cp1256": "ذهبنا أمس إلى السينما وكان الفيلم رائعا",
    "big5": "昨天和朋友一起去看電影,非常好看,下次還會再來", "gb18030": "昨天和朋友一起去看电影,非常好看,下次还会再来",
    "shift_jis": "昨日は友達と映画を見に行きました。とても面白かったです",
    "euc_jp": "昨日は友達と映画を見に行きました。とても面白かったです",
    "euc_kr": "어제 친구와 함께 영화를 보러 갔습니다. 정말 재미있었어요", "utf-16-le": "déjà vu, naïve", "utf-32": "déjà vu, naïve",
}  # fmt: skip  # fmt: skip


@pytest.mark.parametrize("encoding", LANGUAGES)
def test_encodings_are_found_by_the_letters_they_give(tmp_path, encoding):
    rows = [f"{number}\t{LANGUAGES[encoding]}\t{'ab'[number % 2]}" for number in range(20)]
    table = read(tmp_path, "\n".join(["id\ttext\tlabel", *rows]).encode(encoding))
    assert table.frame["text"].tolist() == [LANGUAGES[encoding]] * 20


def test_a_wrong_encoding_named_by_the_user_is_an_error_not_nonsense(tmp_path):
    with pytest.raises(DatasetError, match="not valid utf-8"):
        read(tmp_path, "text,label\ncafé,pos\n".encode("cp1252"), encoding="utf-8")


OTHERS = {
    "iso8859-5": "Вчера мы ходили в кино, и фильм всем очень понравился", "koi8-u": "Учора ми ходили в кіно, їжа була смачна і дешева",
    "mac_cyrillic": "Вчера моя семья ходила в кино, и фильм всем очень понравился",
    "cp866": "Вчера мы ходили в кино, и фильм всем очень понравился",
    "cp852": "Příliš žluťoučký kůň úpěl ďábelské ódy, ale jídlo bylo dobré", "cp1250": "Árvíztűrő tükörfúrógép nagyon jó volt",
    "cp1257": "Vakar ėjome į kiną, filmas buvo labai geras, žiūrėjome visą vakarą",
    "cp1258": "Hôm qua chúng tôi đi xem phim, ăn cơm ở nhà hàng, món ăn ngon và rẻ",
    "mac_roman": "Le café était délicieux, la crème brûlée décevante",
    "cp850": "Le café était délicieux, la crème brûlée décevante", "iso2022_jp": "昨日は友達と映画を見に行きました。とても面白かったです",
}  # fmt: skip


def decomposed(text):
    """Vietnamese as its page of Windows stores it: tones as marks behind their vowels."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    marks = unicodedata.normalize("NFD", text)
    bare = unicodedata.normalize("NFC", re.sub(f"[{tones}]", "", marks))
    letters, tone = list(bare), []
    for mark in marks:
        if mark in tones:
            tone[-1] += mark
        elif not unicodedata.combining(mark):
            tone.append("")
    return "".join(letter + mark for letter, mark in zip(letters, tone, strict=True))


@pytest.mark.parametrize("encoding", OTHERS)
def test_pages_that_share_their_bytes_are_told_apart(tmp_path, encoding):
    text = decomposed(OTHERS[encoding]) if encoding == "cp1258" else OTHERS[encoding]
    rows = [f"{number}\t{text}\t{'ab'[number % 2]}" for number in range(20)]
    table = read(tmp_path, "\n".join(["id\ttext\tlabel", *rows]).encode(encoding))
    assert table.frame["text"].tolist() == [text] * 20 and table.encoding == encoding


def test_an_unsure_guess_is_told_with_a_line_of_the_text(tmp_path):
    content = "text,label\n" + "\n".join(f"Wczoraj poszliśmy do kina, film był świetny {n},x" for n in range(20))
    doubt = judge_encoding(content.encode("cp852"), "x.csv").doubt
    assert "Wczoraj" in doubt and "cp852" in doubt and "--encoding" in doubt
    assert not judge_encoding(
        ("Der Käse schmeckte überraschend gut, schöne Grüße\n" * 5).encode("cp1252"), "x.csv"
    ).doubt


@pytest.mark.parametrize("ending", ["csv", "jsonl", "json", "txt", "zip"])
def test_an_unsure_guess_is_told_of_every_kind_of_file(tmp_path, ending):
    texts = [f"Wczoraj poszliśmy do kina, film był świetny {n}" for n in range(20)]
    labels = ["ab"[n % 2] for n in range(20)]
    both = list(zip(texts, labels, strict=True))
    objects = [json.dumps({"text": text, "label": label}, ensure_ascii=False) for text, label in both]
    path = tmp_path / f"x.{ending}"
    if ending == "zip":
        zipped(path, {f"{label}/{n}.txt": text.encode("cp852") for n, (text, label) in enumerate(both)})
    else:
        content = {
            "csv": "\n".join(["text;label", *(f"{text};{label}" for text, label in both)]), "jsonl": "\n".join(objects),
            "json": f"[{','.join(objects)}]", "txt": "\n".join(f"__label__{label} {text}" for text, label in both),
        }[ending]  # fmt: skip
        path.write_bytes(content.encode("cp852"))
    table = read_table(path)
    assert any("encoding is not sure" in warning and "Wczoraj" in warning for warning in table.warnings), table.warnings
    if ending != "zip":
        assert not read_table(path, encoding="cp852").warnings
