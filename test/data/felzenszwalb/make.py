"""Writes cases.json: small pictures and their segments by scikit-image's felzenszwalb (Debian's python3-skimage).

    /usr/bin/python3 make.py
"""
import json
import pathlib

import numpy as np
import skimage
from scipy.ndimage import gaussian_filter
from skimage.morphology import dilation, disk
from skimage.segmentation import felzenszwalb


def clouds(seed, height, width, sigma):
    """Smooth random colours, 8 bits."""
    noise = np.random.RandomState(seed).rand(height, width, 3)
    smooth = gaussian_filter(noise, (sigma, sigma, 0), mode='wrap')
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    return np.round(255 * smooth).astype(np.uint8)


def shapes(seed, height, width):
    """A disk and a bar on a plain ground, with a little noise."""
    picture = np.full((height, width, 3), 60.0)
    y, x = np.mgrid[:height, :width]
    picture[(y - height / 3) ** 2 + (x - width / 3) ** 2 < (height / 5) ** 2] = (220, 80, 40)
    picture[2 * height // 3:5 * height // 6, width // 8:] = (40, 160, 200)
    picture += np.random.RandomState(seed).normal(0, 6, picture.shape)
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)


def case(name, picture, settings):
    image = picture / 255.0
    return {
        'name': name,
        'height': picture.shape[0],
        'width': picture.shape[1],
        # [height, width, 3]; the segments are of the picture over 255.
        'picture': picture.reshape(-1).tolist(),
        'segments': [
            {'scale': scale, 'sigma': sigma, 'minimum': minimum,
             'labels': felzenszwalb(image, scale=scale, sigma=sigma, min_size=minimum).reshape(-1).tolist()}
            for scale, sigma, minimum in settings
        ],
    }


def dilated(picture, radius):
    labels = felzenszwalb(picture / 255.0, scale=100, sigma=0.8, min_size=20)
    return {
        'height': labels.shape[0],
        'width': labels.shape[1],
        'radius': radius,
        'labels': labels.reshape(-1).tolist(),
        # Of each segment, the pixels.
        'regions': [np.flatnonzero(dilation(labels == l, disk(radius))).tolist() for l in range(labels.max() + 1)],
    }


cases = {
    'made': f'by make.py, scikit-image {skimage.__version__}, numpy {np.__version__}',
    'pictures': [
        case('clouds', clouds(0, 32, 40, 2), [(50, 0.8, 20), (250, 0.8, 20), (1, 0.8, 1), (100, 0.5, 10)]),
        case('fine clouds', clouds(1, 48, 33, 1), [(50, 0.8, 15), (500, 0.8, 15), (1200, 0.8, 30)]),
        case('shapes', shapes(2, 40, 40), [(50, 0.8, 20), (150, 0.8, 20), (300, 1.5, 40)]),
        case('narrow', clouds(3, 3, 50, 1), [(50, 0.8, 5), (100, 2.0, 5)]),
    ],
    'dilation': dilated(clouds(4, 24, 30, 2), 3),
}
pathlib.Path(__file__).with_name('cases.json').write_text(json.dumps(cases, separators=(',', ':')) + '\n')
