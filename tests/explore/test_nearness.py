import numpy as np

from core.explore.nearness import nearest, neighbour_plane, principal_plane


def groups(rows: int = 40, width: int = 16) -> np.ndarray:
    """Two bundles of directions, one after the other."""
    random = np.random.default_rng(0)
    centres = np.repeat(np.eye(2, width), rows // 2, axis=0)
    return (centres + 0.1 * random.standard_normal((rows, width))).astype(np.float32)


def apart(places: np.ndarray) -> bool:
    """Whether each place is nearer to the middle of its own half than to the other's."""
    half = len(places) // 2
    middles = np.stack([places[:half].mean(axis=0), places[half:].mean(axis=0)])
    own = np.linalg.norm(places[:, None] - middles, axis=2).argmin(axis=1)
    return own.tolist() == [0] * half + [1] * half


def test_the_plane_keeps_groups_apart_and_is_the_same_each_time():
    places, share = principal_plane(groups())
    assert apart(places) and 0.5 < share <= 1
    assert np.array_equal(places, principal_plane(groups())[0])


def test_the_length_of_a_feature_does_not_move_its_text():
    longer = groups() * np.linspace(1, 9, 40, dtype=np.float32)[:, None]
    assert np.allclose(principal_plane(groups())[0], principal_plane(longer)[0], atol=1e-4)


def test_neighbourhoods_are_kept_and_the_same_each_time():
    places = neighbour_plane(groups(), seed=1)
    assert places.shape == (40, 2) and apart(places)
    assert np.array_equal(places, neighbour_plane(groups(), seed=1))


def test_a_handful_of_texts_still_has_a_place():
    for rows in (0, 1, 2, 3):
        assert neighbour_plane(groups()[:rows], seed=1).shape == (rows, 2)


def test_texts_that_are_all_alike_lie_on_one_place():
    alike = np.repeat(groups()[:1], 20, axis=0)
    assert principal_plane(alike)[1] == 0.0 and not neighbour_plane(alike, seed=1).any()


def test_the_nearest_is_the_one_that_points_the_same_way():
    features = groups()
    places, cosine = nearest(features, 3 * features[7], 5)
    assert places[0] == 7 and np.isclose(cosine[0], 1, atol=1e-5)
    assert len(places) == 5 and (np.diff(cosine) <= 0).all() and (places < 20).all()
