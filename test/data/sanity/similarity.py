"""Writes similarity.json: pairs of maps with scikit-image's structural similarity and SciPy's rank correlation of them.

python3 test/data/sanity/similarity.py    (scikit-image 0.19, SciPy 1.10, NumPy 1.24)
"""
import json
import pathlib

import numpy
from scipy.stats import spearmanr
from skimage.metrics import structural_similarity

generator = numpy.random.RandomState(0)


def smooth(height, width):
    small = generator.rand(4, 5)
    rows = numpy.linspace(0, 3, height)[:, None]
    columns = numpy.linspace(0, 4, width)[None]
    return small[numpy.round(rows).astype(int), numpy.round(columns).astype(int)]


def pair(name, a, b, data_range):
    a, b = (numpy.round(m, 4).astype(numpy.float32) for m in (a, b))
    similarity = structural_similarity(
        a.astype(float), b.astype(float), data_range=data_range,
        gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
    return {
        "name": name,
        "height": a.shape[0],
        "width": a.shape[1],
        "range": data_range,
        "a": [float(f"{v:.4f}") for v in a.ravel()],
        "b": [float(f"{v:.4f}") for v in b.ravel()],
        "ssim": similarity,
        "spearman": spearmanr(a.ravel(), b.ravel())[0],
    }


first = generator.rand(16, 20)
cases = [
    pair("noise against other noise", first, generator.rand(16, 20), 1),
    pair("noise against itself with some more", first, numpy.clip(first + 0.1 * generator.randn(16, 20), 0, 1), 1),
    pair("steps with many ties", smooth(20, 16), smooth(20, 16), 1),
    pair("a map cut at zero", numpy.maximum(first - 0.6, 0), numpy.maximum(0.7 - first, 0), 1),
    pair("maps with a sign", 2 * first - 1, 2 * generator.rand(16, 20) - 1, 2),
]
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
