#!/usr/bin/env python3
"""Makes one tiny network of each of torchvision's families with PyTorch's autograd (made with 1.13 and torchvision 0.14).

Usage: families.py. Writes NAME.onnx, with the batch axis free, and NAME.json as make.py does, for one image.
"""
import os

import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision.models.convnext import CNBlock, CNBlockConfig, ConvNeXt
from torchvision.models.efficientnet import EfficientNet, MBConvConfig
from torchvision.models.maxvit import MaxVit
from torchvision.models.regnet import BlockParams, RegNet
from torchvision.models.shufflenetv2 import ShuffleNetV2
from torchvision.models.squeezenet import Fire
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.models.vision_transformer import VisionTransformer

from make import HERE, case, write

CLASSES = 5


class Residual(nn.Module):
    """A padded pool, basic and bottleneck blocks (ResNet)."""

    def __init__(self):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8)
        shortcut = nn.Sequential(nn.Conv2d(8, 16, 1, 2, bias=False), nn.BatchNorm2d(16))
        self.blocks = nn.Sequential(BasicBlock(8, 8), Bottleneck(8, 4, 2, shortcut))
        self.head = nn.Linear(16, CLASSES)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm(self.stem(x))), 3, 2, 1)
        return self.head(F.adaptive_avg_pool2d(self.blocks(x), 1).flatten(1))


class Squeeze(nn.Module):
    """Branches of 1 x 1 and 3 x 3 joined, and a convolution that gives one map a class (SqueezeNet)."""

    def __init__(self):
        super().__init__()
        self.stem, self.fires = nn.Conv2d(3, 8, 3, 2), nn.Sequential(Fire(8, 4, 6, 6), Fire(12, 4, 6, 6))
        self.head = nn.Conv2d(12, CLASSES, 1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.stem(x)), 3, 2, ceil_mode=True)
        return F.adaptive_avg_pool2d(F.relu(self.head(self.fires(x))), 1).flatten(1)


def regnet():
    blocks = BlockParams(depths=[1, 1], widths=[8, 12], group_widths=[4, 4], bottleneck_multipliers=[1.0, 1.0],
                         strides=[2, 1], se_ratio=0.25)
    return RegNet(blocks, num_classes=CLASSES, stem_width=4)


def efficientnet():
    blocks = [MBConvConfig(1, 3, 1, 4, 4, 1, 1, 1), MBConvConfig(3, 5, 2, 4, 6, 1, 1, 1)]
    return EfficientNet(blocks, dropout=0.2, stochastic_depth_prob=0, num_classes=CLASSES, last_channel=16)


def convnext():
    block = lambda width, scale, probability: CNBlock(width, 0.5, 0)
    settings = [CNBlockConfig(6, 8, 1), CNBlockConfig(8, None, 1)]
    return ConvNeXt(settings, num_classes=CLASSES, block=block)


FAMILIES = {  # how to build it, and the input's height and width
    'resnet': (Residual, 24, 20),
    'squeezenet': (Squeeze, 17, 19),
    'regnet': (regnet, 16, 16),
    'efficientnet': (efficientnet, 16, 12),
    'shufflenet': (lambda: ShuffleNetV2([1, 2, 1], [4, 8, 8, 8, 12], CLASSES), 32, 16),
    'convnext': (convnext, 16, 24),
    'vit': (lambda: VisionTransformer(12, 4, 2, 2, 8, 12, num_classes=CLASSES), 12, 12),
    'swin': (lambda: SwinTransformer([2, 2], 6, [2, 1], [1, 2], [2, 2], num_classes=CLASSES), 16, 16),
    'maxvit': (lambda: MaxVit((16, 16), 4, 2, [4, 6], [1, 1], 2, 0.0, num_classes=CLASSES), 16, 16),
}


def randomise(model):
    """Weights of one size in all layers, so that none saturates, and nothing left at its default of 0 or 1."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
    for name, parameter in model.named_parameters():
        if parameter.ndim > 1:
            parameter.normal_(0, (parameter[0].numel() / 2) ** -0.5)
        elif name.endswith('weight'):
            parameter.uniform_(0.5, 1.5)
        else:
            parameter.normal_(0, 0.2)


def family(name):
    build, height, width = FAMILIES[name]
    torch.manual_seed(0)
    model = build()
    with torch.no_grad():
        randomise(model)
    model.eval()
    x = torch.randn(1, 3, height, width, requires_grad=True)
    y = model(x)
    seed = torch.randn(y.shape)
    (seed * y).sum().backward()
    torch.onnx.export(model, x.detach(), os.path.join(HERE, name + '.onnx'), opset_version=17, input_names=['image'],
                      output_names=['logits'], dynamic_axes={'image': {0: 'N'}, 'logits': {0: 'N'}})
    return case(x, seed, x.grad)


if __name__ == '__main__':
    for name in FAMILIES:
        write(name, family(name))
