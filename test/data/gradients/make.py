#!/usr/bin/env python3
"""Makes the files of this folder with PyTorch's autograd (made with 1.13). Usage: make.py

kinks.json     operators at points where they have no derivative: what autograd takes there
NAME.onnx      small networks, with NAME.json: input, seed and d(seed . output) / d input, batch 2
"""
import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))


def lists(tensor):
    return [float(f'{v:.9g}') for v in tensor.detach().double().reshape(-1).tolist()]


def case(x, seed, gradient, **more):
    return dict(more, dims=list(x.shape), input=lists(x), seed=lists(seed), gradient=lists(gradient))


# ---------------------------------------------------------------- kinks
def kink(op, function, values, dims=None, attributes=None, opset=17):
    x = torch.tensor(values, dtype=torch.float32).reshape(dims or [-1]).requires_grad_()
    y = function(x)
    seed = torch.arange(1, y.numel() + 1, dtype=torch.float32).reshape(y.shape)
    (seed * y).sum().backward()
    return case(x, seed, x.grad, op=op, attributes=attributes or {}, opset=opset)


TIES = [1, 3, 3, 0, 3, 3, 1, 3, 2, 2, 2, 2, 2, 2, 3, 1]
FLAT = [5.0] * 25

KINKS = [
    kink('Relu', F.relu, [-1, 0, 1]),
    kink('Clip', F.relu6, [-1, 0, 3, 6, 7], attributes={'min': 0.0, 'max': 6.0}, opset=9),
    kink('Clip', lambda x: F.hardtanh(x, -1, 2), [-2, -1, 0, 2, 3], attributes={'min': -1.0, 'max': 2.0}, opset=9),
    kink('LeakyRelu', lambda x: F.leaky_relu(x, 0.25), [-1, 0, 1], attributes={'alpha': 0.25}),
    kink('Elu', lambda x: F.elu(x, 0.5), [-1, 0, 1], attributes={'alpha': 0.5}),
    kink('HardSigmoid', F.hardsigmoid, [-4, -3, 0, 3, 4], attributes={'alpha': 1 / 6}),
    kink('HardSwish', F.hardswish, [-4, -3, 0, 3, 4]),
    kink('Abs', torch.abs, [-1, 0, 1]),
    kink('MaxPool', lambda x: F.max_pool2d(x, 2, 1), TIES, [1, 1, 4, 4],
         {'kernel_shape': [2, 2]}),
    kink('MaxPool', lambda x: F.max_pool2d(x, 3, 2, 1), TIES, [1, 1, 4, 4],
         {'kernel_shape': [3, 3], 'strides': [2, 2], 'pads': [1, 1, 1, 1]}),
    kink('MaxPool', lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True), TIES, [1, 1, 4, 4],
         {'kernel_shape': [3, 3], 'strides': [2, 2], 'ceil_mode': 1}),
    kink('MaxPool', lambda x: F.max_pool2d(x, 3, 1, 1), FLAT, [1, 1, 5, 5],
         {'kernel_shape': [3, 3], 'pads': [1, 1, 1, 1]}),
    kink('MaxPool', lambda x: F.max_pool2d(x, 2, 1, dilation=2), FLAT, [1, 1, 5, 5],
         {'kernel_shape': [2, 2], 'dilations': [2, 2]}),
    kink('MaxPool', lambda x: F.max_pool1d(x, 3, 2), [2, 2, 1, 2, 2, 2, 0], [1, 1, 7],
         {'kernel_shape': [3], 'strides': [2]}),
    kink('GlobalMaxPool', lambda x: F.adaptive_max_pool2d(x, 1), TIES, [1, 1, 4, 4]),
    kink('ReduceMax', lambda x: torch.amax(x, (2, 3), keepdim=True), TIES, [1, 1, 4, 4], {'axes': [2, 3]}),
    kink('ReduceL2', lambda x: torch.norm(x, dim=1), [0, 0, 3, 4], [2, 2], {'axes': [1], 'keepdims': 0}),
    kink('ReduceMin', lambda x: torch.amin(x, 3), TIES, [1, 1, 4, 4], {'axes': [3], 'keepdims': 0}),
]


# ---------------------------------------------------------------- networks
class InvertedResidual(nn.Module):
    """Depthwise convolution, squeeze and excitation, hard activations, a residual sum (MobileNet v3)."""

    def __init__(self):
        super().__init__()
        self.expand, self.depth = nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 5, 1, 2, groups=8)
        self.squeeze, self.excite, self.project = nn.Conv2d(8, 4, 1), nn.Conv2d(4, 8, 1), nn.Conv2d(8, 3, 1)
        self.down, self.head = nn.Conv2d(3, 6, 3, 2, 1), nn.Linear(6, 5)

    def forward(self, x):
        y = F.hardswish(self.depth(F.hardswish(self.expand(x))))
        y = y * F.hardsigmoid(self.excite(F.relu(self.squeeze(y.mean((2, 3), keepdim=True)))))
        return self.head(F.relu6(self.down(x + self.project(y))).mean((2, 3)))


class Inception(nn.Module):
    """Branches joined: pools with ceil_mode and padding, dilated, grouped and asymmetric convolutions (GoogLeNet)."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(3, 6, (1, 3), padding=(0, 2), dilation=(1, 2), groups=3)
        self.c, self.head = nn.Conv2d(6, 4, (3, 2), (2, 2), (1, 1)), nn.Linear(14 * 6 * 7, 5)

    def forward(self, x):
        a = F.max_pool2d(F.relu(self.a(x)), 3, 1, 1)
        b = F.avg_pool2d(F.relu(self.b(x)), 3, 2, 1, ceil_mode=True, count_include_pad=False)
        c = torch.tanh(self.c(F.pad(F.elu(self.b(x)), (0, 1, 0, 0), mode='reflect')))
        return self.head(torch.cat([a, b[:, :, :6, :7], c[:, :, :6, :7]], 1).flatten(1))


class Dense(nn.Module):
    """Batch norm ahead of the convolution, every output kept (DenseNet), a transposed convolution and upsampling."""

    def __init__(self):
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(3), nn.Conv2d(3, 4, 3, padding=1)
        self.norm2, self.conv2 = nn.BatchNorm2d(7), nn.Conv2d(7, 2, 3, padding=1)
        self.up, self.head = nn.ConvTranspose2d(9, 4, 3, 2, 1, 1), nn.Linear(8, 5)

    def forward(self, x):
        x = torch.cat([x, self.conv(F.relu(self.norm(x)))], 1)
        x = torch.cat([x, self.conv2(F.leaky_relu(self.norm2(x)))], 1)
        y = F.interpolate(torch.sigmoid(self.up(x)), scale_factor=2, mode='bilinear', align_corners=False)
        return self.head(torch.cat([F.adaptive_avg_pool2d(y, 1), F.adaptive_max_pool2d(y, 1)], 1).flatten(1))


class Attention(nn.Module):
    """Patches, layer norm, softmax attention, GELU, a class token picked by its index (vision transformers)."""

    def __init__(self):
        super().__init__()
        self.patch, self.token = nn.Conv2d(3, 8, 4, 4), nn.Parameter(torch.randn(1, 1, 8))
        self.norm, self.qkv, self.mlp = nn.LayerNorm(8), nn.Linear(8, 24), nn.Linear(8, 8)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1)
        q, k, v = self.qkv(self.norm(x)).chunk(3, -1)
        x = x + torch.softmax(q @ k.transpose(1, 2) / 8 ** 0.5, -1) @ v
        return F.log_softmax(self.head((x + F.gelu(self.mlp(x)))[:, 0]), 1)


class Quantised(nn.Module):
    """Activations and weights rounded to integers, some clipped: QuantizeLinear and DequantizeLinear around each layer."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.head = nn.Conv2d(3, 6, 3, 1, 1), nn.Conv2d(6, 6, 3, 2), nn.Linear(6, 5)

    @staticmethod
    def rounded(x, scale, zero, low=0, high=255):
        return torch.fake_quantize_per_tensor_affine(x, scale, zero, low, high)

    def weights(self, layer):
        w = layer.weight
        scale = w.detach().abs().reshape(w.shape[0], -1).amax(1) / 127
        return torch.fake_quantize_per_channel_affine(w, scale, torch.zeros(len(w), dtype=torch.int32), 0, -128, 127)

    def forward(self, x):
        x = self.rounded(x, 0.015, 120)
        x = F.conv2d(x, self.weights(self.a), self.a.bias, padding=1)
        x = self.rounded(F.relu(x), 0.004, 0)
        x = F.conv2d(x, self.weights(self.b), self.b.bias, stride=2)
        x = self.rounded(x, 0.003, -7, -128, 127)
        x = self.rounded(F.max_pool2d(x, 2).mean((2, 3)), 0.002, 10)
        return F.linear(x, self.weights(self.head), self.head.bias)


NETWORKS = {  # the class, the input's height and width, the operator set
    'inverted-residual': (InvertedResidual, 12, 13, 14),
    'inception': (Inception, 12, 13, 11),
    'dense': (Dense, 7, 6, 12),
    'attention': (Attention, 12, 8, 17),
    'quantised': (Quantised, 9, 8, 13),
}


def network(name):
    kind, height, width, opset = NETWORKS[name]
    torch.manual_seed(0)
    model = kind()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 2)
    model.eval()
    x = torch.randn(2, 3, height, width, requires_grad=True)
    y = model(x)
    seed = torch.randn(y.shape)
    (seed * y).sum().backward()
    torch.onnx.export(model, x.detach(), os.path.join(HERE, name + '.onnx'), opset_version=opset,
                      input_names=['image'], output_names=['logits'])
    return case(x, seed, x.grad)


def write(name, data):
    with open(os.path.join(HERE, name + '.json'), 'w') as f:
        json.dump(data, f)


if __name__ == '__main__':
    write('kinks', KINKS)
    for name in NETWORKS:
        write(name, network(name))
