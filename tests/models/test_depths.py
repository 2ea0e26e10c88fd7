import pytest

from core.models.depths import depths
from tests.families import FAMILIES, config_of, fresh


@pytest.mark.parametrize("family", FAMILIES)
def test_depths_count_from_the_embeddings_to_the_head(home, checkpoints, family):
    depth, layers = depths(fresh(checkpoints, family, config_of("full")).model)
    assert layers == 2
    assert set(depth.values()) == {0, 1, 2, 3}
    assert all(level == 3 for name, level in depth.items() if name.startswith("classifier"))
