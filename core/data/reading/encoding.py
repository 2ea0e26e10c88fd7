"""Encodings: which one a text file is written in.

A byte-order mark decides, then strict UTF-8. Otherwise every candidate that can decode the sample is judged by how many of the
letters that it yields are common letters of the languages it was made for: a wrong decoding yields rare ones.
"""

import codecs
import re

from core.errors import DatasetError

SAMPLE = 400_000  # bytes that are judged
_WEST = "éèêëàâäáãåæçíìîïñóòôöõøúùûüßÉÈÀÄÖÜÇÑÁÍÓÚÅØ¿¡«»º"
_EAST_EUROPE = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČŘŠŽőűöüÖÜŐŰăâîșțşţđ"
_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
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
# (encoding, kind, common letters as a character class); where two score alike the first is taken
CANDIDATES = (
    ("cp1252", "accents", re.escape(_WEST)), ("gb18030", "wide", re.escape(_SIMPLIFIED)),
    ("big5", "wide", re.escape(_TRADITIONAL)), ("cp932", "wide", re.escape(_KANA)),
    ("euc_jp", "wide", re.escape(_KANA)), ("cp949", "wide", "가-힣"), ("cp1253", "script", _GREEK),
    ("cp1255", "script", "א-ת"), ("cp1256", "script", "ء-ي،"), ("cp874", "script", "ก-์"),
    ("cp1251", "script", _CYRILLIC), ("koi8-r", "script", _CYRILLIC), ("cp866", "script", _CYRILLIC),
    ("cp1250", "accents", re.escape(_EAST_EUROPE)), ("iso8859-2", "accents", re.escape(_EAST_EUROPE)),
    ("cp1254", "accents", re.escape(_WEST + "ğışİĞŞ")), ("mac_roman", "accents", re.escape(_WEST)),
    ("cp850", "accents", re.escape(_WEST)),
)  # fmt: skip
# the lists of Chinese and Japanese cover about this share of running text; all others cover nearly all
_COVER = {"gb18030": 0.6, "big5": 0.6, "cp932": 0.6, "euc_jp": 0.6}
_TYPOGRAPHIC = "‘’“”„‚–—…•€£©®™°§· \u00a0½"


def guess_encoding(sample: bytes, name: str, whole: bool = True) -> str:
    """The encoding of a text file.

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
            return encoding
    zeros = sample.count(b"\x00", 0, 4096)
    if zeros > 0.02 * min(4096, len(sample)):
        wide = _wide_without_mark(sample[:4096])
        if wide:
            return wide
        raise DatasetError(f"{name} holds binary data, not text.", "Upload CSV, TSV, JSON Lines, Parquet or Excel.")
    if _is_utf8(sample, whole):
        return "utf-8"
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


def _legacy(sample: bytes) -> str:
    """The candidate whose decoding holds the largest share of its languages' common letters among what is not ASCII."""
    lines = [line for line in re.split(rb"[\r\n]+", sample[: 4 * SAMPLE]) if not line.isascii()]
    judged = b"\n".join(lines)[:SAMPLE]
    best, best_score = "cp1252", 0.3
    for encoding, kind, common in CANDIDATES:
        score = _score(judged, encoding, kind, common)
        if score > best_score + 0.02:
            best, best_score = encoding, score
    return best


def _score(judged: bytes, encoding: str, kind: str, common: str) -> float:
    """From 0 to 1: how much the decoded text looks like one of the languages of this encoding."""
    text = judged.decode(encoding, errors="replace")
    strange = re.findall(r"[^\x00-\x7f]", text)
    broken = text.count("\ufffd") + len(re.findall(r"[\x80-\x9f\ue000-\uf8ff]", text))
    if not strange or broken > 0.003 * len(strange) + (kind == "wide"):
        return 0.0
    runs = sum(len(run) for run in re.findall(r"[^\x00-\x7f]{2,}", text)) / len(strange)
    if kind == "wide":  # such letters stand in runs; alone between ASCII letters they are accents misread
        alone = re.findall(r"(?<=[a-zA-Z])[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[a-zA-Z])", text)
        runs = 1 - len(alone) / len(strange)
        hits = len(re.findall(f"[{common}]", text)) / _COVER.get(encoding, 1.0)
        halves = len(re.findall("[\uff61-\uff9f]", text))  # half-width katakana: what Western bytes turn into
        return min(1.0, hits / len(strange)) * runs**2 * (1 - halves / len(strange))
    hits = len(re.findall(f"[{_TYPOGRAPHIC}{common}]", text))
    if kind == "accents":  # capitals stand at the start of a word, and most letters bear no accent
        hits -= sum(not letter.islower() for letter in re.findall(f"(?<=[a-z])([{common}])", text))
        plain = len(re.findall("[a-zA-Z]", text))
        hits *= min(1.0, plain / max(1, len(strange)))
    else:  # words of a script are runs too; the Thai page holds a letter at nearly every byte, so it must win by more
        hits *= runs * (0.8 if encoding == "cp874" else 1.0)
    return hits / len(strange)
