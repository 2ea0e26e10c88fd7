"""Encodings: which one a text file is written in.

A byte-order mark decides, then strict UTF-8. Otherwise every candidate that can decode the sample is judged by how many of the
letters that it yields are common letters of the languages it was made for: a wrong decoding yields rare ones.
"""

import codecs
import re
from dataclasses import dataclass
from itertools import pairwise

from core.errors import DatasetError

SAMPLE = 400_000  # bytes that are judged
_WEST = (  # French, German, Spanish, Portuguese, Italian, the Nordic languages, Icelandic
    "éèêëàâîïôùûüçœæÉÈÊÀÂÎÔÇ«»", "äöüßÄÖÜé", "ñáéíóúüÁÉÍÓÚÑ¿¡ºª", "ãõçáéíóúâêôàÃÕÇÁÉÍÓÚÂÊÔÀºª", "àèéìíòóùúÀÈÉÌÒÙ",
    "åäöæøéüÅÄÖÆØ", "áéíóúýþæöðÁÉÍÓÚÝÞÆÖÐ",
)  # fmt: skip
_TURKISH = ("çğıöşüâîûÇĞİÖŞÜ",)
_EAST_EUROPE = (  # Polish, Czech, Slovak, Hungarian, Romanian, the south Slavic languages
    "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "áčďéěíňóřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽ",
    "áäčďéíľĺňóôŕšťúýžÁČĎÉÍĽŇÓŠŤÚÝŽ", "áéíóöőúüűÁÉÍÓÖŐÚÜŰ", "ăâîșțşţĂÂÎȘȚŞŢ", "čćđšžČĆĐŠŽ",
)  # fmt: skip
_BALTIC = ("ąčęėįšųūžĄČĘĖĮŠŲŪŽ", "āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ", "äõöüšžÄÕÖÜŠŽ")
_VIETNAMESE = ("ăâđêôơưàáèéìíòóùúýãõĂÂĐÊÔƠƯÀÁÉÍÓÚÝ₫\u0300\u0301\u0303\u0309\u0323",)
_CYRILLIC = ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "оаинтвреслкумдпзяьбгчйхжшюцщфіїє", "оаеинтсрвлкмдпуяыьгзбчйхжшюцэфёіў",
             "аоеинтсрвлкмдпугзбчхжшцфјљњђћџѓќѕъщюя")  # Russian and Bulgarian, Ukrainian, Belarusian, Serbian and Macedonian  # fmt: skip
_GREEK = "αοιετσνηυρπκμλςωδγχθφβξζψάέήίόύώ"
_SIMPLIFIED = (
    "的一是了我不在人有他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学"
    "如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两"
    "高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比"
    "员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区"
    "保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确"
    "传师观清今切院让识候带导争运，。！？、；：“”（）《》酒店房间服务员吃买"
)
_TRADITIONAL = (
    "的一是不了人在有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學"
    "如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩"
    "高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比"
    "員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區"
    "，。！？、；：「」（）『』"
)
_KANA = "".join(map(chr, [*range(0x3041, 0x3097), *range(0x30A1, 0x30FB)])) + "ー。、「」"
# (encoding, kind, for each language its common letters as a character class); where two score alike the first is taken
CANDIDATES = (
    ("cp1252", "accents", _WEST), ("gb18030", "wide", (_SIMPLIFIED,)), ("big5", "wide", (_TRADITIONAL,)),
    ("cp932", "wide", (_KANA,)), ("euc_jp", "wide", (_KANA,)), ("cp949", "wide", ("가-힣",)), ("cp1253", "cased", (_GREEK,)),
    ("cp1255", "script", ("א-ת",)), ("cp1256", "script", ("ء-ي،",)), ("cp874", "script", ("ก-์",)),
    ("cp1251", "cased", _CYRILLIC), ("koi8-r", "cased", _CYRILLIC), ("koi8-u", "cased", _CYRILLIC),
    ("cp866", "cased", _CYRILLIC), ("iso8859-5", "cased", _CYRILLIC), ("mac_cyrillic", "cased", _CYRILLIC),
    ("cp1250", "accents", _EAST_EUROPE), ("iso8859-2", "accents", _EAST_EUROPE), ("cp1254", "accents", _TURKISH),
    ("mac_roman", "accents", _WEST), ("cp850", "accents", _WEST), ("cp852", "accents", _EAST_EUROPE),
    ("cp1257", "accents", _BALTIC), ("cp1258", "accents", _VIETNAMESE),
)  # fmt: skip
# the lists of Chinese and Japanese cover about this share of running text; all others cover nearly all
# letters that make up this share of a text at least: what merely decodes holds fewer of them
_FREQUENT = {"cased": ("оеаинтсατιοεςνη", 0.3), "cp949": ("이다는가을에의고하은로도지리니사어서", 0.1)}
_COVER = {"gb18030": 0.6, "big5": 0.6, "cp932": 0.6, "euc_jp": 0.6}
BEFORE_WINDOWS = ("mac_roman", "cp850", "cp852")  # pages of old systems
OLD = 0.25  # by how much these must fit better than one of Windows
LOW = 0.75  # score below which a guess is no sure one, and others are asked
CLOSE = 0.02  # what the next best may lie behind a sure guess
SHIFTED = ((b"\x1b$B", "iso2022_jp"), (b"\x1b$@", "iso2022_jp"), (b"\x1b(J", "iso2022_jp"), (b"\x1b$)C", "iso2022_kr"))
OPINION = 20_000  # bytes that charset-normalizer is shown
SHOWN = 80  # characters of the line that is shown where the guess is unsure
_TYPOGRAPHIC = "‘’“”„‚–—…•€£©®™°§·\u00a0½"


@dataclass(frozen=True, slots=True)
class GuessedEncoding:
    """An encoding, and a sentence with a line of the text where the guess is not sure, else empty."""

    encoding: str
    doubt: str = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """The doubt, where there is one."""
        return (self.doubt,) if self.doubt else ()


def guess_encoding(sample: bytes, name: str, whole: bool = True) -> str:
    """The encoding of a text file, as ``judge_encoding`` finds it."""
    return judge_encoding(sample, name, whole).encoding


def find_encoding(asked: str | None, sample: bytes, name: str, whole: bool = True) -> GuessedEncoding:
    """The encoding that was asked for, which is sure, else what ``judge_encoding`` finds."""
    return GuessedEncoding(asked) if asked is not None else judge_encoding(sample, name, whole)


def judge_encoding(sample: bytes, name: str, whole: bool = True) -> GuessedEncoding:
    """The encoding of a text file, and whether that is sure.

    Args:
        sample: the whole file, or pieces of it.
        whole: whether the sample ends where the file ends.

    Raises:
        DatasetError: when the bytes are not text at all.
    """
    marks = (
        (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    )  # fmt: skip
    for mark, encoding in marks:
        if sample.startswith(mark):
            return GuessedEncoding(encoding)
    zeros = sample.count(b"\x00", 0, 4096)
    if zeros > 0.02 * min(4096, len(sample)):
        wide = _wide_without_mark(sample[:4096])
        if wide:
            return GuessedEncoding(wide)
        raise DatasetError(f"{name} holds binary data, not text.", "Upload CSV, TSV, JSON Lines, Parquet or Excel.")
    for escape, encoding in SHIFTED:  # plain ASCII but for sequences that shift to another alphabet
        if escape in sample and sample.isascii():
            return GuessedEncoding(encoding)
    if _is_utf8(sample, whole):
        return GuessedEncoding("utf-8")
    return _legacy(sample)


def _is_utf8(sample: bytes, whole: bool) -> bool:
    """Whether the bytes are UTF-8, but for a few damaged places in a text that otherwise is."""
    text = sample.decode("utf-8", errors="replace")
    bad = text.count("\ufffd") - sample.count(b"\xef\xbf\xbd")
    if bad <= (0 if whole else 1):
        return True
    good = sum(len(run) for run in re.findall(r"[^\x00-\x7f\ufffd]+", text[:SAMPLE]))
    return bad <= 0.02 * good


def _wide_without_mark(head: bytes) -> str | None:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) * 0.2 or min(even, odd) > len(head) * 0.02:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _legacy(sample: bytes) -> GuessedEncoding:
    """The candidate whose decoding holds the largest share of its languages' common letters among what is not ASCII."""
    lines = [line for line in re.split(rb"[\r\n]+", sample[: 4 * SAMPLE]) if not line.isascii()]
    judged = b"\n".join(lines)[:SAMPLE]
    scores = {encoding: _score(judged, encoding, kind, languages) for encoding, kind, languages in CANDIDATES}
    best, best_score = "cp1252", 0.3
    for encoding, score in scores.items():
        if score > best_score + (OLD if encoding in BEFORE_WINDOWS and best not in BEFORE_WINDOWS else 0.02):
            best, best_score = encoding, score
    if best_score < LOW:
        best = _second_opinion(judged, best, best_score, scores)
    text = judged.decode(best, "replace")
    rivals = [
        encoding for encoding, score in scores.items()
        if score > best_score - CLOSE and encoding != best and judged.decode(encoding, "replace") != text
    ]  # fmt: skip
    if best_score >= LOW and not rivals:
        return GuessedEncoding(best)
    line = next((line.strip() for line in text.split("\n") if line.strip()), "")
    strange = re.search(r"[^\x00-\x7f]", line)
    start = max(0, (strange.start() if strange else 0) - SHOWN // 2)
    others = f" (or {', '.join(rivals[:3])})" if rivals else ""
    return GuessedEncoding(
        best,
        f"The encoding is not sure: {best}{others}. A line then reads {line[start : start + SHOWN]!r}; where letters look wrong, "
        "name the encoding (--encoding, or under How the file is written).",
    )


def _second_opinion(judged: bytes, best: str, best_score: float, scores: dict[str, float]) -> str:
    """What charset-normalizer says of a text that fits none of the candidates well: its guess where that fits no worse."""
    from charset_normalizer import from_bytes

    guess = from_bytes(judged[:OPINION]).best()
    if guess is None:
        return best
    encoding = guess.encoding
    known = scores.get(encoding)
    fits = judged.decode(encoding, "replace").count("\ufffd") == 0
    return encoding if fits and (known is None or known >= best_score - CLOSE) else best


def _score(judged: bytes, encoding: str, kind: str, languages: tuple[str, ...]) -> float:
    """From 0 to 1: how much the decoded text looks like one of the languages of this encoding."""
    text = judged.decode(encoding, errors="replace")
    strange = re.findall(r"[^\x00-\x7f]", text)
    broken = text.count("\ufffd") + len(re.findall(r"[\x80-\x9f\ue000-\uf8ff]", text))
    if not strange or broken > 0.003 * len(strange) + (kind == "wide"):
        return 0.0
    if kind == "wide":  # such letters stand in runs; alone between ASCII letters they are accents misread
        alone = re.findall(r"(?<=[a-zA-Z])[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[a-zA-Z])", text)
        runs = 1 - len(alone) / len(strange)
        hits = len(re.findall(f"[{languages[0]}]", text)) / _COVER.get(encoding, 1.0)
        halves = len(re.findall("[\uff61-\uff9f]", text))  # half-width katakana: what Western bytes turn into
        usual = _usual_share(text, encoding)
        return min(1.0, hits / len(strange)) * runs**2 * (1 - halves / len(strange)) * usual
    # a text is of one language as a rule, but may be of several
    best = max(len(re.findall(f"[{letters}]", text)) for letters in languages)
    common = "".join(languages)
    hits = len(re.findall(f"[{_TYPOGRAPHIC}]", text)) + (best + len(re.findall(f"[{common}]", text))) / 2
    if kind == "accents":  # capitals stand at the start of a word, and most letters bear no accent
        hits -= sum(not letter.islower() for letter in re.findall(f"(?<=[a-z])([{common}])", text) if letter.isalpha())
        # a mark between the letters of a word is a letter misread, but for apostrophes and long dashes
        hits -= len(re.findall(r"(?<=[a-zA-Z])[^\x00-\x7f\w\s‘’—·](?=[a-zA-Z])", text))
        plain = len(re.findall("[a-zA-Z]", text))
        hits *= min(1.0, plain / max(1, len(strange)))
        return hits / len(strange)
    letters = [len(run) for run in re.findall(f"[{common}]+", text)]
    runs = sum(length for length in letters if length > 1) / max(1, sum(letters))
    if kind == "cased":  # a capital inside a word, or a mark between its letters, is a letter misread
        words = re.findall(r"[^\W\d_]{2,}", text)
        hits -= sum(before.islower() and letter.isupper() for word in words for before, letter in pairwise(word))
        hits -= len(re.findall(r"(?<=[^\W\d_])[^\x00-\x7f\w\s](?=[^\W\d_])", text))
        # capitals at the start of words are as much at home in these alphabets as the small letters that are counted
        starts = (word[0].lower() for word in words if word[0].isupper() and word[1].islower())
        hits += sum(letter in common for letter in starts if not letter.isascii())
        hits *= _usual_share(text, kind) * (1.0 if any(map(str.isupper, strange)) else 0.95)
    # words of a script are runs too; the Thai page holds a letter at nearly every byte, so it must win by more
    return hits * runs * (0.8 if encoding == "cp874" else 1.0) / len(strange)


def _usual_share(text: str, key: str) -> float:
    """1 where the most frequent letters of ``_FREQUENT`` make up their share of the text, less where they are too few."""
    letters, least = _FREQUENT.get(key, ("", 0.0))
    foreign = len(re.findall(r"[^\x00-\x7f]", text))
    return min(1.0, len(re.findall(f"[{letters}]", text)) / (least * max(1, foreign))) if letters else 1.0
