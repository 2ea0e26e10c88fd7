import pytest
import torch

from core.models.classifier import load_classifier
from core.models.depths import depths, movement
from tests.families import FAMILIES, config_of, fresh


@pytest.mark.parametrize("family", FAMILIES)
def test_depths_count_from_the_embeddings_to_the_head(home, checkpoints, family):
    depth, layers = depths(fresh(checkpoints, family, config_of("full")).model)
    assert layers == 2
    assert set(depth.values()) == {0, 1, 2, 3}
    assert all(level == 3 for name, level in depth.items() if name.startswith("classifier"))


def test_a_layer_that_only_averages_is_no_part_of_how_far_the_classifier_moved(home, tiny_encoder):
    start, model = (load_classifier(str(tiny_encoder), ("a", "b"), seed=0, pooling="mean").model for _ in range(2))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.startswith("classifier") or "pooler" in name:
                weight.mul_(1.5)
    assert movement(model, start) == pytest.approx([0.0, 0.0, 0.0, 0.5])
