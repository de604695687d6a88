"""Writes resampling.json and processors.json: what Pillow's filters and the image processors of transformers and timm make of
a small picture. Each function below restates, with Pillow and numpy, what its class documents and does (transformers 4:
src/transformers/models/<model>/image_processing_<model>*.py; timm: transforms_imagenet_eval). Crops are rounded as
torchvision's center_crop rounds them, which the fast processors and timm use.

    python3 make.py        with Pillow 9.4 and numpy 1.24
"""
import json
import math
import os

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH, HEIGHT = 23, 14
IMAGENET = dict(image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
HALF = dict(image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.5, 0.5])


def picture(width=WIDTH, height=HEIGHT):
    """The pixel of channel c at (x, y) is (37 x + 91 y + 53 c + x y) mod 256."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return Image.fromarray(((37 * x + 91 * y + 53 * c + x * y) % 256).astype(np.uint8))


def shorter_side(image, side, filter):
    w, h = image.size
    new = (side, int(side * h / w)) if w <= h else (int(side * w / h), side)
    return image.resize(new, filter)


def center_crop(image, height, width, fill=(0, 0, 0)):
    """torchvision.transforms.functional.center_crop"""
    w, h = image.size
    left, top = max((width - w) // 2, 0), max((height - h) // 2, 0)
    if left or top or width > w or height > h:
        padded = Image.new("RGB", (max(w, width), max(h, height)), fill)
        padded.paste(image, (left, top))
        image, (w, h) = padded, padded.size
    x, y = int(round((w - width) / 2.0)), int(round((h - height) / 2.0))
    return image.crop((x, y, x + width, y + height))


def both(value):
    return value if isinstance(value, dict) else {"height": value, "width": value}


def resized(image, size, filter):
    if "shortest_edge" in size:
        return shorter_side(image, size["shortest_edge"], filter)
    return image.resize((size["width"], size["height"]), filter)


def normalised(image, c):
    values = np.asarray(image).astype(np.float64)
    if c.get("do_rescale", True):
        values = values * c.get("rescale_factor", 1 / 255)
    if c.get("do_normalize", True):
        values = (values - np.array(c["image_mean"])) / np.array(c["image_std"])
    return values


def plain(image, c, to_square=True):
    """ViT, DeiT, BEiT, CLIP, SigLIP, BiT, MobileNet, DINOv3: resize, crop, rescale, normalise."""
    size = c["size"] if isinstance(c["size"], dict) else both(c["size"]) if to_square else {"shortest_edge": c["size"]}
    if c.get("do_resize", True):
        image = resized(image, size, c["resample"])
    if c.get("do_center_crop"):
        image = center_crop(image, **both(c["crop_size"]))
    return normalised(image, c)


def convnext(image, c):
    side = c["size"]["shortest_edge"]
    if side < 384:
        image = shorter_side(image, int(side / c.get("crop_pct", 224 / 256)), c["resample"])
        return normalised(center_crop(image, side, side), c)
    return normalised(image.resize((side, side), c["resample"]), c)


def levit(image, c):
    size = c["size"] if isinstance(c["size"], dict) else {"shortest_edge": c["size"]}
    image = shorter_side(image, int((256 / 224) * size["shortest_edge"]), c["resample"])
    return normalised(center_crop(image, **both(c["crop_size"])), c)


def efficientnet(image, c):
    image = resized(image, c["size"], c["resample"])
    if c["do_center_crop"]:
        image = center_crop(image, **c["crop_size"])
    values = np.asarray(image).astype(np.float64) * c["rescale_factor"]
    if c["rescale_offset"]:
        values = values - 1
    if c["do_normalize"]:
        values = (values - np.array(c["image_mean"])) / np.array(c["image_std"])
    if c["include_top"]:
        values = values / np.array(c["image_std"])
    return values


def mobilevit(image, c):
    values = plain(image, dict(c, do_normalize=False), to_square=False)
    return values[:, :, ::-1] if c.get("do_flip_channel_order", True) else values


def poolformer(image, c):
    size = c["size"] if isinstance(c["size"], dict) else {"shortest_edge": c["size"]}
    image = shorter_side(image, int(size["shortest_edge"] / c["crop_pct"]), c["resample"])
    return normalised(center_crop(image, **both(c.get("crop_size", 224))), c)


def timm(image, c):
    _, height, width = c["input_size"]
    scale = [math.floor(x / c["crop_pct"]) for x in (height, width)]
    filter = getattr(Image, c["interpolation"].upper())
    fill = tuple(round(255 * v) for v in c["mean"])
    if c["crop_mode"] == "squash":
        image = center_crop(image.resize((scale[1], scale[0]), filter), height, width)
    elif c["crop_mode"] == "border":
        w, h = image.size
        ratio = max(h / scale[0], w / scale[1])
        image = center_crop(image.resize((round(w / ratio), round(h / ratio)), filter), height, width, fill)
    else:
        image = center_crop(shorter_side(image, scale[0], filter), height, width)
    return normalised(image, dict(image_mean=c["mean"], image_std=c["std"]))


def clip(image, c):
    return plain(image, c, to_square=False)


def preprocessor(type, make, **config):
    return "preprocessor_config.json", dict(config, image_processor_type=type), make


def feature_extractor(type, make, **config):
    return "preprocessor_config.json", dict(config, feature_extractor_type=type), make


def pretrained(**config):
    return "config.json", {"architecture": "net", "pretrained_cfg": config}, lambda image, c: timm(image, c["pretrained_cfg"])


EFFICIENTNET = dict(image_mean=[0.485, 0.456, 0.406], image_std=[0.47853944, 0.4732864, 0.47434163], resample=0,
                    do_center_crop=False, crop_size=both(9), do_normalize=True, include_top=True, rescale_offset=False,
                    rescale_factor=1 / 255)
TIMM = dict(input_size=[3, 8, 8], mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])

CASES = {
    "ViT": preprocessor("ViTImageProcessor", plain, size=both(8), resample=2, do_resize=True, **HALF),
    "ViT, fast": preprocessor("ViTImageProcessorFast", plain, size=both(8), resample=3, do_resize=True, **HALF),
    "ViT, as its feature extractor was saved": feature_extractor(
        "ViTFeatureExtractor", plain, size=8, resample=2, do_normalize=True, do_resize=True, **HALF),
    "ViT that does not resize": preprocessor("ViTImageProcessor", plain, size=both(8), resample=2, do_resize=False, **HALF),
    "DeiT": preprocessor("DeiTImageProcessor", plain, size=both(11), crop_size=both(8), do_center_crop=True, resample=3,
                         **IMAGENET),
    "BEiT": feature_extractor("BeitFeatureExtractor", plain, size=8, crop_size=8, do_center_crop=False, resample=2, **HALF),
    "ConvNeXT": preprocessor("ConvNextImageProcessor", convnext, size={"shortest_edge": 8}, crop_pct=0.875, resample=3,
                             **IMAGENET),
    "ConvNeXT without crop_pct": preprocessor("ConvNextImageProcessor", convnext, size={"shortest_edge": 14}, resample=3,
                                              **IMAGENET),
    "ConvNeXT from 384 on": preprocessor("ConvNextImageProcessor", convnext, size={"shortest_edge": 384}, crop_pct=1.0,
                                         resample=3, **IMAGENET),
    "LeViT": feature_extractor("LevitFeatureExtractor", levit, size=14, crop_size=14, do_center_crop=True, resample=3,
                               **IMAGENET),
    "EfficientNet": preprocessor("EfficientNetImageProcessor", efficientnet, size=both(10), **EFFICIENTNET),
    "EfficientNet without a top": preprocessor("EfficientNetImageProcessor", efficientnet, size=both(10),
                                               **dict(EFFICIENTNET, include_top=False)),
    "ALIGN": preprocessor("EfficientNetImageProcessor", efficientnet, size=both(12), **dict(
        EFFICIENTNET, resample=2, do_center_crop=True, do_normalize=False, include_top=False, rescale_offset=True,
        rescale_factor=1 / 127.5, **HALF)),
    "BiT": preprocessor("BitImageProcessor", clip, size={"shortest_edge": 11}, crop_size=both(8), do_center_crop=True,
                        resample=3, **IMAGENET),
    "CLIP": preprocessor("CLIPImageProcessor", clip, size=8, crop_size=8, do_center_crop=True, resample=3,
                         image_mean=[0.48145466, 0.4578275, 0.40821073], image_std=[0.26862954, 0.26130258, 0.27577711]),
    "SigLIP": preprocessor("SiglipImageProcessor", plain, size=both(8), resample=3, rescale_factor=0.00392156862745098,
                           **HALF),
    "MobileNetV1": preprocessor("MobileNetV1ImageProcessor", clip, size={"shortest_edge": 9}, crop_size=both(8),
                                do_center_crop=True, resample=2, **HALF),
    "MobileNetV2": preprocessor("MobileNetV2ImageProcessor", clip, size={"shortest_edge": 10}, crop_size=both(7),
                                do_center_crop=True, resample=2, **HALF),
    "MobileViT": preprocessor("MobileViTImageProcessor", mobilevit, size={"shortest_edge": 9}, crop_size=both(8),
                              do_center_crop=True, do_flip_channel_order=True, resample=2),
    "MobileViT, a crop larger than the picture": preprocessor(
        "MobileViTFeatureExtractor", mobilevit, size=8, crop_size=11, do_center_crop=True, resample=2),
    "a crop larger than the picture, normalised": preprocessor(
        "BitImageProcessor", clip, size={"shortest_edge": 8}, crop_size=both(11), do_center_crop=True, resample=2, **HALF),
    "PoolFormer": feature_extractor("PoolFormerFeatureExtractor", poolformer, size=8, crop_size=8, crop_pct=0.9, resample=3,
                                    **IMAGENET),
    "DINOv3": preprocessor("DINOv3ViTImageProcessorFast", plain, size=both(8), resample=2, **IMAGENET),
    "a filter by its name": preprocessor("ViTImageProcessor", plain, size=both(8), resample="bicubic", **HALF),
    "no rescaling and no normalisation": preprocessor("ViTImageProcessor", plain, size=both(8), resample=2,
                                                      do_rescale=False, do_normalize=False, **HALF),
    "a crop without a resize": preprocessor("BitImageProcessor", clip, size={"shortest_edge": 8}, crop_size=both(9),
                                            do_resize=False, do_center_crop=True, resample=2, **HALF),
    "a processor that nobody knows": preprocessor("NewImageProcessor", clip, size={"shortest_edge": 9}, crop_size=both(8),
                                                  do_center_crop=True, resample=2, **IMAGENET),
    "timm, center": pretrained(crop_pct=0.875, crop_mode="center", interpolation="bicubic", **TIMM),
    "timm, squash": pretrained(crop_pct=0.8, crop_mode="squash", interpolation="bicubic", **TIMM),
    "timm, squash of all": pretrained(crop_pct=1.0, crop_mode="squash", interpolation="bilinear", **TIMM),
    # Of the colours only black is the mean as timm rounds it.
    "timm, border": pretrained(crop_pct=1.0, crop_mode="border", interpolation="bicubic",
                               **dict(TIMM, mean=[0.0, 0.0, 0.0], std=[1.0, 1.0, 1.0])),
    "timm, border and crop": pretrained(crop_pct=0.8, crop_mode="border", interpolation="bicubic",
                                        **dict(TIMM, mean=[0.0, 0.0, 0.0], std=[1.0, 1.0, 1.0])),
}
NAMED = {"bicubic": Image.BICUBIC}


def sampled(values):
    """Of [height, width, channel]: in the order of [channel, height, width], about 150 of them."""
    flat = values.transpose(2, 0, 1).reshape(-1)
    step = max(1, flat.size // 150)
    return {"step": step, "values": [round(float(v), 5) for v in flat[::step]]}


def processors():
    for name, (file, config, make) in CASES.items():
        filter = config.get("resample")
        values = make(picture(), dict(config, resample=NAMED.get(filter, filter)))
        yield {"name": name, "file": file, "config": config, "height": values.shape[0], "width": values.shape[1],
               **sampled(values)}


def resampling():
    for name in ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]:
        for width, height in [(9, 5), (31, 20), (23, 6), (10, 14)]:
            pixels = np.asarray(picture().resize((width, height), getattr(Image, name.upper())))
            yield {"interpolation": name, "width": width, "height": height, "pixels": pixels.reshape(-1).tolist()}


def write(file, cases):
    with open(os.path.join(HERE, file), "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")


write("processors.json", processors())
write("resampling.json", resampling())
