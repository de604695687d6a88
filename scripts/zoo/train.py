#!/usr/bin/env python3
"""Exports small networks of torchvision's families in float64, with the loss of a batch and its gradients by autograd.

Usage: train.py --list          names
       train.py OUT NAME..      for each OUT/NAME.onnx, and OUT/NAME.bin with little-endian numbers, which OUT/NAME.json
                                tells: {"image": dims, "labels": [class ..], "loss": number, "gradients": {parameter: dims}}.
                                First the image in float32, then the gradients in float64, in the order of the JSON.

All parameters are moved by noise, so that none are equal, zero or one, and batch norms have random statistics. The graph
keeps the parameters' names: nothing is folded.
"""
import json
import os
import sys

import numpy as np
import torch
from torch import nn
from torchvision import models
from torchvision.models import convnext, densenet, efficientnet, maxvit, mobilenetv3, regnet, resnet, vgg

OPSET = 17
CLASSES = 7
BATCH = 2


def alexnet():
    model = models.AlexNet(num_classes=CLASSES)
    model.avgpool = nn.AdaptiveAvgPool2d(1)
    model.classifier = nn.Sequential(nn.Dropout(), nn.Linear(256, 8), nn.ReLU(), nn.Linear(8, CLASSES))
    return model, 64


def vgg_small(batch_norm):
    model = models.VGG(vgg.make_layers([8, 'M', 12, 'M', 12, 12, 'M'], batch_norm), CLASSES, init_weights=False)
    model.avgpool = nn.AdaptiveAvgPool2d(2)
    model.classifier = nn.Sequential(nn.Linear(12 * 4, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, CLASSES))
    return model, 64


def efficientnet_small(version):
    mb, fused = efficientnet.MBConvConfig, efficientnet.FusedMBConvConfig
    first = fused(2, 3, 2, 8, 8, 1) if version == 2 else mb(1, 3, 1, 8, 8, 1, 1, 1)
    setting = [first, mb(4, 3, 2, 8, 12, 2, 1, 1), mb(4, 5, 2, 12, 16, 1, 1, 1)]
    return models.EfficientNet(setting, 0.2, 0.2, num_classes=CLASSES, last_channel=32), 48


def regnet_small(se):
    params = regnet.BlockParams.from_init_params(6, 8, 8.0, 2.0, 4, se_ratio=se)
    return models.RegNet(params, num_classes=CLASSES, stem_width=8), 64


def mobilenet_v3():
    setting, last = mobilenetv3._mobilenet_v3_conf('mobilenet_v3_small', width_mult=0.25)
    return models.MobileNetV3(setting, last, num_classes=CLASSES), 64


def residual(block, **options):
    return resnet.ResNet(block, [1, 1, 1, 1], num_classes=CLASSES, **options), 48


NETWORKS = {
    'alexnet': alexnet,
    'vgg': lambda: vgg_small(False),
    'vgg_bn': lambda: vgg_small(True),
    'resnet': lambda: residual(resnet.BasicBlock),
    'resnext': lambda: residual(resnet.Bottleneck, groups=8, width_per_group=4),
    'densenet': lambda: (densenet.DenseNet(4, (2, 2, 2), 8, 2, num_classes=CLASSES), 64),
    'squeezenet': lambda: (models.SqueezeNet('1_1', CLASSES), 64),
    'googlenet': lambda: (models.GoogLeNet(CLASSES, aux_logits=False, init_weights=False), 64),
    'inception': lambda: (models.Inception3(CLASSES, aux_logits=False, init_weights=False), 80),
    'mnasnet': lambda: (models.MNASNet(0.25, CLASSES), 64),
    'mobilenet_v2': lambda: (models.MobileNetV2(CLASSES, 0.25), 64),
    'mobilenet_v3': mobilenet_v3,
    'shufflenet': lambda: (models.ShuffleNetV2([2, 2, 2], [8, 16, 24, 32, 48], CLASSES), 64),
    'efficientnet': lambda: efficientnet_small(1),
    'efficientnet_v2': lambda: efficientnet_small(2),
    'regnet_x': lambda: regnet_small(None),
    'regnet_y': lambda: regnet_small(0.25),
    'convnext': lambda: (convnext.ConvNeXt([convnext.CNBlockConfig(8, 16, 2), convnext.CNBlockConfig(16, None, 1)],
                                           num_classes=CLASSES), 32),
    'vit': lambda: (models.VisionTransformer(32, 8, 2, 2, 16, 24, num_classes=CLASSES), 32),
    'swin': lambda: (models.SwinTransformer([4, 4], 8, [2, 2], [2, 4], [4, 4], num_classes=CLASSES), 64),
    'maxvit': lambda: (maxvit.MaxVit((64, 64), 8, 2, [8, 16], [1, 1], 4, 0.0, num_classes=CLASSES), 64),
}


def moved(model, generator):
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.2, generator=generator)
                module.running_var.uniform_(0.5, 2, generator=generator)
        for parameter in model.parameters():
            parameter += torch.randn(parameter.shape, generator=generator) * 0.05


def export(out, name):
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(1)
    model, side = NETWORKS[name]()
    moved(model, generator)
    model.eval().double()
    image = torch.randn((BATCH, 3, side, side), generator=generator)
    labels = torch.randint(CLASSES, (BATCH,), generator=generator)
    loss = nn.functional.cross_entropy(model(image.double()), labels)
    loss.backward()
    gradients = {key: parameter.grad for key, parameter in model.named_parameters()}
    torch.onnx.export(model, image.double(), os.path.join(out, name + '.onnx'), opset_version=OPSET,
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
                      input_names=['input'], output_names=['logits'])
    with open(os.path.join(out, name + '.bin'), 'wb') as file:
        file.write(image.numpy().astype('<f4').tobytes())
        for gradient in gradients.values():
            file.write(gradient.numpy().astype('<f8').tobytes())
    told = {'image': list(image.shape), 'labels': labels.tolist(), 'loss': loss.item(),
            'gradients': {key: list(gradient.shape) for key, gradient in gradients.items()}}
    with open(os.path.join(out, name + '.json'), 'w') as file:
        json.dump(told, file)


if __name__ == '__main__':
    if sys.argv[1] == '--list':
        print('\n'.join(NETWORKS))
    else:
        for wanted in sys.argv[2:]:
            export(sys.argv[1], wanted)
