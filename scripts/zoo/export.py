#!/usr/bin/env python3
"""Exports one torchvision model with input gradients by autograd, for zoo.mjs and tests.

Usage: export.py TOOL --list             names, the smallest model first
       export.py TOOL OUT NAME INPUTS [measured]
                                         OUT/NAME.onnx and OUT/NAME.npz, which TOOL writes, and for k < INPUTS
                                         OUT/NAME.k.input.npy, OUT/NAME.k.gradient.npy (float32 [1,3,H,W], computed in
                                         float64). The same model in float64 is OUT/NAME.double.onnx, unless INPUTS is 0 or
                                         it is larger than a file of protobuf can be; beside it OUT/NAME.gradient.f64, the
                                         unrounded gradient of the first input.
                                         The last line printed is JSON: {"classes": [..], "own": [error of autograd in
                                         float32 ..], "double": true | false} or {"error": the exporter's}
TOOL is export-torchvision.py, which builds and exports. Two of its initialisations would test nothing and are changed:
heads of zeros (ViT), whose gradient is zero, and GoogLeNet's and Inception's weights of small deviation, whose maps are so
flat that rounding decides their maxima; there, and with `measured`, batch norms get the statistics of noise.
"""
import importlib.util
import json
import os
import sys

import numpy as np
import torch
import torchvision

OPSET = 17


def load(path):
    spec = importlib.util.spec_from_file_location('export_tool', path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def parameters(name):
    return torchvision.models.get_model_weights(name).DEFAULT.meta['num_params']


def keep_built_models():
    """Makes get_model build as told above, and keep what it built."""
    built, get_model = [], torchvision.models.get_model

    def build(name, **options):
        model = get_model(name, **options)
        for module in model.modules():
            if isinstance(module, torch.nn.Linear) and not module.weight.any():
                torch.nn.init.normal_(module.weight, std=0.02)
        built.append(model)
        return model

    torchvision.models.get_model = build
    return built


def measure_batch_norm(model):
    """As the tool's randomise_batch_norm, but with the statistics of noise."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # the mean of all batches
    side = 224 if isinstance(model, torchvision.models.MaxVit) else 299  # its windows fit no other size
    with torch.no_grad():
        model.train()(torch.randn(8, 3, side, side))


def autograd(model, x):
    x = x.detach().requires_grad_()
    y = model(x)
    c = int(y.argmax(1))
    y[0, c].backward()
    return x.grad.numpy(), c


def export(tool, out, name, inputs, measured):
    built = keep_built_models()
    if measured or name in ('googlenet', 'inception_v3'):
        tool.randomise_batch_norm = measure_batch_norm
    tool.export(name, out, OPSET)
    model = built[0].requires_grad_(False)
    with np.load(os.path.join(out, name + '.npz')) as data:
        shape = data['input'].shape
    images = []
    for seed in range(inputs):
        torch.manual_seed(seed)
        images.append(torch.randn(shape))
    single = [autograd(model, x)[0] for x in images]
    model.double()
    classes, own = [], []
    for k, x in enumerate(images):
        gradient, c = autograd(model, x.double())
        classes.append(c)
        own.append(float(np.abs(single[k] - gradient).max() / np.abs(gradient).max()))
        np.save(os.path.join(out, f'{name}.{k}.input.npy'), x.numpy())
        np.save(os.path.join(out, f'{name}.{k}.gradient.npy'), gradient.astype(np.float32))
        if k == 0:
            gradient.tofile(os.path.join(out, f'{name}.gradient.f64'))
    fits = inputs > 0 and sum(p.numel() * 8 for p in model.state_dict().values()) < 2 ** 31
    if fits:
        model.requires_grad_()  # else attention is exported as one operator of PyTorch's own, which ONNX has not
        torch.onnx.export(model, images[0].double(), os.path.join(out, name + '.double.onnx'), opset_version=OPSET,
                          input_names=['input'], output_names=['logits'])
    return {'classes': classes, 'own': own, 'double': fits}


if __name__ == '__main__':
    tool = load(sys.argv[1])
    if sys.argv[2] == '--list':
        print('\n'.join(sorted(tool.names(), key=parameters)))
        sys.exit()
    out, name, inputs = sys.argv[2:5]
    try:
        print(json.dumps(export(tool, out, name, int(inputs), sys.argv[5:] == ['measured'])))
    except torch.onnx.errors.OnnxExporterError as error:  # the exporter's own failure is a fact to report
        print(json.dumps({'error': str(error).splitlines()[0]}))
