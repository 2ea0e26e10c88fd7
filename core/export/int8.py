"""An ONNX file with large weights as whole numbers of 8 bits; and which weights are left alone.

Rounding is dynamic: weights once, activations anew in each product, which is what onnxruntime advises for transformers
(https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html). The file goes to machines that are not known
here, so weights keep to 7 bits (``reduce_range``): a CPU with AVX2 or AVX512 and without VNNI adds products of 8 bits in 16
and lets large sums overflow, without a word.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.export.quiet import quiet


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to round a model.

    Attributes:
        name: as a reader is told what is rounded and what is not.
        spares_narrowing: leave the products alone that narrow, the second of each feed-forward part: a few of the numbers
            that go into them are very large, and one step for all of a row then swallows the others.
        rounds_products: round the other products of the encoder; else its tables alone.
    """

    name: str
    spares_narrowing: bool
    rounds_products: bool = True


RECIPES = (  # the smallest file first; how each was measured: docs/benchmarks.md, "Exports"
    Recipe("all products and tables in 8 bits", spares_narrowing=False),
    Recipe("products and tables in 8 bits, those that narrow in float32", spares_narrowing=True),
    Recipe("tables of word vectors in 8 bits, all products in float32", spares_narrowing=True, rounds_products=False),
)


def prepare(source: Path, target: Path) -> None:
    """Simplify the graph of ``source`` and infer its shapes, as rounding needs it; written to ``target``."""
    import onnx
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with (
        quiet()
    ):  # symbolic inference does not know every operator, and leaves files in the working folder when it fails
        quant_pre_process(source, target, skip_symbolic_shape=True)
    model = onnx.load(target)
    weights = {weight.name for weight in model.graph.initializer}
    kept = [value for value in model.graph.value_info if value.name not in weights]
    del model.graph.value_info[:]  # shapes noted of weights are wrong once Gemm turns them: onnxruntime #25890
    model.graph.value_info.extend(kept)
    onnx.save(model, target)


def round_weights(prepared: Path, target: Path, recipe: Recipe) -> None:
    """Write ``prepared`` with its weights rounded as the recipe says."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    kinds = [
        "Gather",
        *(["MatMul"] if recipe.rounds_products else []),
    ]  # Gemm: pooler and head stay exact, they are small
    graph = onnx.load(prepared, load_external_data=False).graph
    spared = _narrowing(graph) if recipe.spares_narrowing else []
    with quiet():
        quantize_dynamic(
            prepared, target, op_types_to_quantize=kinds, per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8, nodes_to_exclude=spared,
        )  # fmt: skip


def _narrowing(graph: Any) -> list[str]:
    """Names of the products that give fewer numbers than they take."""
    shapes = {weight.name: tuple(weight.dims) for weight in graph.initializer}
    products = [node for node in graph.node if node.op_type == "MatMul"]
    return [
        node.name
        for node in products
        if any(len(shapes.get(name, ())) == 2 and shapes[name][0] > shapes[name][1] for name in node.input)
    ]
