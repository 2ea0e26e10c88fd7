"""A finished classifier as one ONNX file, written by torch's own exporter with batch and length left open."""

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import GraftError
from core.export.quiet import quiet
from core.models.classifier import Classifier
from core.models.head import last_layer

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

OPSET = 18
LARGEST = 1_800_000_000  # bytes of weights that one protobuf file can hold, with room for the graph
ROWS, LENGTH, FILLED = 3, 11, 7  # of the batch by which the graph is traced; sizes of 1 would be taken for fixed


def input_names(classifier: Classifier) -> list[str]:
    """What the graph is fed: token numbers, mask, and segment numbers where tokenizer and model both know them."""
    known = inspect.signature(classifier.model.forward).parameters.keys() & set(classifier.tokenizer.model_input_names)
    return ["input_ids", "attention_mask", *(["token_type_ids"] if "token_type_ids" in known else [])]


def write_onnx(classifier: Classifier, path: Path) -> None:
    """Write the graph that gives ``logits`` (rows, outputs) in float32; the classifier is meant for nothing else afterwards.

    Raises:
        GraftError: when the architecture cannot be traced, or is too large for one file.
    """
    import torch

    model = classifier.model.to("cpu").float().eval()  # type: ignore[arg-type]
    if model.config.problem_type == "regression":
        vars(last_layer(model)).pop("forward", None)  # that of ``keep_exact``: here all is computed in float32
    size = 4 * sum(weight.numel() for weight in model.parameters())
    if size > LARGEST:
        raise GraftError(
            f"The model has {size / 1e9:.1f} GB of weights, and one ONNX file holds {LARGEST / 1e9:.1f}.",
            "Export it as a checkpoint.",
        )
    names = input_names(classifier)
    sizes = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    try:
        with quiet(), torch.no_grad():
            torch.onnx.export(
                _logits_alone(model), (), str(path), kwargs=_example(names), dynamo=True, opset_version=OPSET,
                dynamic_shapes={name: sizes for name in names}, external_data=False, input_names=names,
                output_names=["logits"], verbose=False,
            )  # fmt: skip
    except Exception as error:  # whatever the tracer raises about an architecture that it cannot follow
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise GraftError(
            f"A model of the kind {model.config.model_type} could not be written as ONNX: {reason}",
            "Export it as a checkpoint.",
        ) from error


def _logits_alone(model: "PreTrainedModel") -> "torch.nn.Module":
    """The model as a function of tensors that gives one tensor."""
    import torch

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(
            self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor | None = None
        ) -> torch.Tensor:
            segments = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
            return self.model(input_ids=input_ids, attention_mask=attention_mask, **segments).logits

    return Logits().eval()


def _example(names: list[str]) -> "dict[str, torch.Tensor]":
    """A batch whose first text is shorter than the others, so that the mask counts."""
    import torch

    batch = {name: torch.ones(ROWS, LENGTH, dtype=torch.int64) for name in names}
    batch["attention_mask"][0, FILLED:] = 0
    if "token_type_ids" in batch:
        batch["token_type_ids"].zero_()
    return batch
