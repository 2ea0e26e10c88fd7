"""The heavy libraries, imported once and by one thread.

The app runs each visit in a thread of its own and ends a thread whose visitor goes on to another page, wherever it
stands. Two threads that import transformers or torch at once see modules half made (``ImportError: cannot import
name``), because these packages import themselves in circles and lazily. So the first visit loads them behind a lock.
"""

import importlib
import threading

MODULES = (
    "torch", "transformers", "transformers.models.auto.modeling_auto",
    "transformers.models.auto.tokenization_auto", "transformers.models.bert.modeling_bert",
    "transformers.models.bert.tokenization_bert", "peft.utils.transformers_weight_conversion",
    "transformers.masking_utils", "transformers.integrations.sdpa_attention", "transformers.utils.logging",
    "peft", "peft.tuners.tuners_utils", "safetensors.torch", "huggingface_hub", "sklearn.linear_model",
    "sklearn.feature_extraction.text", "sklearn.decomposition", "sklearn.manifold", "sklearn.metrics",
    "sklearn.model_selection", "sklearn.multiclass", "sklearn.covariance", "scipy.stats", "scipy.optimize", "pyarrow.parquet",
    "pyarrow.feather", "pyarrow.csv", "pyarrow.compute",
)  # fmt: skip

_lock = threading.Lock()
_loaded = threading.Event()


def are_loaded() -> bool:
    """Whether a first call of ``load`` has ended."""
    return _loaded.is_set()


def load() -> None:
    """Import them; a second caller waits for the first, and all later calls return at once."""
    with _lock:
        if not _loaded.is_set():
            for name in MODULES:
                importlib.import_module(name)
            _loaded.set()


def load_aside() -> None:
    """Begin to load in a thread of its own, while a page that needs none of them is shown."""
    if not _loaded.is_set() and not _lock.locked():
        threading.Thread(target=load, name="libraries", daemon=True).start()
