"""All strategies, in the order of forms and lists. A new one is a file beside this one and a name below."""

from core.strategies.bitfit import BITFIT
from core.strategies.few_shot import FEW_SHOT
from core.strategies.full import FULL
from core.strategies.gradual import GRADUAL
from core.strategies.ia3 import IA3
from core.strategies.linear_probe import LINEAR_PROBE
from core.strategies.llrd import LLRD
from core.strategies.lora import LORA
from core.strategies.lp_ft import LP_FT
from core.strategies.scratch import SCRATCH
from core.strategies.strategy import Strategy
from core.strategies.tfidf import TFIDF
from core.strategies.top_k import TOP_K

STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (FULL, LINEAR_PROBE, LP_FT, TOP_K, GRADUAL, LLRD, LORA, IA3, BITFIT, FEW_SHOT, SCRATCH, TFIDF)
}
DEFAULT = FULL.name
PROBE, CONTROL = LINEAR_PROBE.name, SCRATCH.name  # rungs beside it: the source left as it is, and no transfer at all
