#!/usr/bin/env python3
"""Exports one torchvision model with input gradients by autograd, for zoo.mjs.

Usage: export.py TOOL --list             names, the smallest model first
       export.py TOOL OUT NAME INPUTS    OUT/NAME.onnx, and for k < INPUTS OUT/NAME.k.input.npy, OUT/NAME.k.gradient.npy
                                         (float32 [1,3,H,W]); the last line printed is JSON: {"classes": [..]} or
                                         {"error": the exporter's}
TOOL is export-torchvision.py, which builds and exports. Two of its initialisations would test nothing and are replaced:
heads of zeros (ViT), whose gradient is zero, and GoogLeNet's and Inception's of small deviation, whose maps are so flat
that rounding decides their maxima.
"""
import importlib.util
import json
import os
import sys

import numpy as np
import torch
import torchvision


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
        if 'init_weights' in options:
            options['init_weights'] = False
        model = get_model(name, **options)
        for module in model.modules():
            if isinstance(module, torch.nn.Linear) and not module.weight.any():
                torch.nn.init.normal_(module.weight, std=0.02)
        built.append(model)
        return model

    torchvision.models.get_model = build
    return built


def autograd(model, seed, shape):
    torch.manual_seed(seed)
    x = torch.randn(shape, requires_grad=True)
    y = model(x)
    c = int(y.argmax(1))
    y[0, c].backward()
    return x.detach().numpy(), x.grad.numpy(), c


def export(tool, out, name, inputs):
    built = keep_built_models()
    tool.export(name, out, 17)
    first = os.path.join(out, name + '.npz')
    with np.load(first) as data:
        results = [(data['input'], data['grad'], int(data['klass']))]
    os.remove(first)
    results += [autograd(built[0], seed, results[0][0].shape) for seed in range(1, inputs)]
    for k, (x, gradient, _) in enumerate(results):
        np.save(os.path.join(out, f'{name}.{k}.input.npy'), x)
        np.save(os.path.join(out, f'{name}.{k}.gradient.npy'), gradient)
    return [c for _, _, c in results]


if __name__ == '__main__':
    tool = load(sys.argv[1])
    if sys.argv[2] == '--list':
        print('\n'.join(sorted(tool.names(), key=parameters)))
        sys.exit()
    out, name, inputs = sys.argv[2:]
    try:
        print(json.dumps({'classes': export(tool, out, name, int(inputs))}))
    except Exception as error:  # the exporter's own failure is a fact to report
        print(json.dumps({'error': str(error).splitlines()[0]}))
