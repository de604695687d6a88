#!/usr/bin/env python3
"""Input gradients of torchvision models by autograd.

Usage: autograd.py EXPORT_TOOL OUT NAME
Builds the model exactly as the tool does (same seed) and writes, for seeded inputs k = 0, 1 ..., OUT/NAME.k.input.npy
and OUT/NAME.k.gradient.npy, float32 [1,3,H,W] each: d logits[class] / d input. Last comes OUT/NAME.json:
  {"model": "tool" | "NAME.onnx", "classes": [the top class of each input]}

Rounding tips a few of a network's millions of ReLUs and maxima over their kinks, and each of them changes the gradient by
some per mille: on a 224 x 224 input float32 differs from float64 by more than that. Hence small inputs, and several.
GoogLeNet is exported anew with another initialisation: its own, of standard deviation 0.01, leaves maps so flat that
rounding decides most of its maxima.
"""
import importlib.util
import json
import os
import sys

import numpy as np
import torch
import torchvision

INPUTS = 6
LARGE = ('vgg',)  # their last pool has a fixed size that only 224 x 224 fits


def load(path):
    spec = importlib.util.spec_from_file_location('export_tool', path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def build(tool, name):
    """The tool's own model, caught on its way to the exporter; nothing is written."""
    caught = []
    export, save = torch.onnx.export, np.savez
    torch.onnx.export = lambda model, *args, **kwargs: caught.append(model)
    np.savez = lambda *args, **kwargs: None
    tool.export(name, '', 17)
    torch.onnx.export, np.savez = export, save
    return caught[0]


def build_googlenet(tool, size, file):
    torch.manual_seed(0)
    model = torchvision.models.googlenet(weights=None, init_weights=False)
    tool.randomise_batch_norm(model)
    torch.onnx.export(model.eval(), torch.randn(1, 3, size, size), file, opset_version=17)
    return model


if __name__ == '__main__':
    tool_path, out, name = sys.argv[1:]
    tool, size = load(tool_path), 224 if name.startswith(LARGE) else 64
    own = name == 'googlenet'
    model = build_googlenet(tool, size, os.path.join(out, name + '.onnx')) if own else build(tool, name)
    classes = []
    for k in range(INPUTS):
        torch.manual_seed(k + 1)
        x = torch.randn(1, 3, size, size, requires_grad=True)
        y = model(x)
        c = int(y.argmax(1))
        y[0, c].backward()
        classes.append(c)
        np.save(os.path.join(out, f'{name}.{k}.input.npy'), x.detach().numpy())
        np.save(os.path.join(out, f'{name}.{k}.gradient.npy'), x.grad.numpy())
    with open(os.path.join(out, name + '.json'), 'w') as f:
        json.dump({'model': name + '.onnx' if own else 'tool', 'classes': classes}, f)
