"""Nearness of texts: their features on a plane, and the texts nearest to a sentence."""

import numpy as np

COMPONENTS = 50  # t-SNE works on so many principal components: quicker, and noise is left out
FEWEST = 10  # with fewer texts there are no neighbourhoods to draw


def unit(features: np.ndarray) -> np.ndarray:
    """(rows, width) features scaled to length 1, so that a product of two rows is their cosine."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(lengths, 1e-12), dtype=np.float32)


def principal_plane(features: np.ndarray) -> tuple[np.ndarray, float]:
    """The two directions along which the texts differ most (PCA).

    Returns:
        (rows, 2) positions, and the share (0..1) of all variation that they show.
    """
    rows, width = features.shape
    if rows < 3 or width < 2 or _alike(features):
        return np.zeros((rows, 2), dtype=np.float32), 0.0
    from sklearn.decomposition import PCA

    model = PCA(2, svd_solver="full")
    positions = model.fit_transform(unit(features))
    return positions.astype(np.float32), float(model.explained_variance_ratio_.sum())


def neighbour_plane(features: np.ndarray, seed: int) -> np.ndarray:
    """(rows, 2) positions where neighbours stay neighbours (t-SNE); distances between far groups mean nothing.

    Source: van der Maaten and Hinton: Visualizing Data using t-SNE, JMLR 9, 2008.
    """
    if len(features) < FEWEST or _alike(features):
        return principal_plane(features)[0]
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    scaled = unit(features)
    components = min(COMPONENTS, *scaled.shape)
    scaled = PCA(components, svd_solver="full").fit_transform(scaled)
    # 30 neighbours is the usual middle of the range that the paper recommends
    model = TSNE(2, perplexity=min(30.0, (len(scaled) - 1) / 3), init="pca", random_state=seed)
    return np.asarray(model.fit_transform(scaled), dtype=np.float32)


def nearest(features: np.ndarray, query: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The texts whose features point most nearly the same way.

    Args:
        features: (rows, width)
        query: (width,)

    Returns:
        (at most ``most``,) row positions, nearest first, and their cosine, -1..1.
    """
    cosine = unit(features) @ unit(query[None])[0]
    order = np.argsort(-cosine, kind="stable")[:most]
    return order, cosine[order]


def _alike(features: np.ndarray) -> bool:
    """Whether all texts have the same direction, so that nothing sets them apart."""
    return bool(np.ptp(unit(features), axis=0).max(initial=0) < 1e-6)
