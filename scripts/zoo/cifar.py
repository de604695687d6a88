#!/usr/bin/env python3
"""Trains a classifier of torchvision on CIFAR-10, for figures that random weights can't give, and exports it.

Usage: cifar.py CIFAR OUT NAME [--classes airplane,automobile,frog,horse] [--from WEIGHTS] [--seed 0]
                [--stages 64:24000:64:0.02,128:5000:32:0.01,224:1000:16:0.005] [--optimiser sgd]

CIFAR has CIFAR-10 as files in train/ and test/; all ten classes or those that are named are learned. All weights are trained from
random ones or those of --from, a stage after the other; a stage is size:images:batch:rate, and images are scaled up to size x size
and flipped by chance. Transformers learn by --optimiser adamw, at rates of about 0.0003, and with Debian's libopenblas0-pthread
25 times as fast as with its plain libblas3. OUT gets NAME.onnx at the last stage's size, NAME.explain.json, labels.txt, and NAME.pt with the weights. The
last line is JSON with the accuracy on 200 test images.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
import torchvision
from PIL import Image
from torch import nn

MODELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'shared', 'models')
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
OPSET = 17
TESTED = 200
OPTIMISERS = {
    'sgd': lambda parameters, rate: torch.optim.SGD(parameters, rate, momentum=0.9, nesterov=True, weight_decay=5e-4),
    'adamw': lambda parameters, rate: torch.optim.AdamW(parameters, rate, weight_decay=0.05),
}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('cifar')
    parser.add_argument('out')
    parser.add_argument('name')
    parser.add_argument('--classes')
    parser.add_argument('--from', dest='weights')
    parser.add_argument('--stages', default='64:24000:64:0.02,128:5000:32:0.01,224:1000:16:0.005')
    parser.add_argument('--optimiser', choices=OPTIMISERS, default='sgd')
    parser.add_argument('--seed', type=int, default=0)
    return parser.parse_args()


def load(folder, names, each):
    """Images [N, 3, 32, 32] in bytes and classes [N]."""
    images, classes = [], []
    for index, name in enumerate(names):
        for file in sorted(os.listdir(os.path.join(folder, name)))[:each]:
            images.append(np.asarray(Image.open(os.path.join(folder, name, file)).convert('RGB')))
            classes.append(index)
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2), torch.tensor(classes)


def prepared(images, size):
    pixels = (images.float() / 255 - MEAN) / STD
    return nn.functional.interpolate(pixels, size=(size, size), mode='bilinear', align_corners=False)


def build(name, classes, size):
    """A ViT is one for its size alone."""
    sized = {'image_size': size} if name.startswith('vit') else {}
    model = torchvision.models.get_model(name, weights=None, num_classes=classes, **sized)
    for module in model.modules():
        # A block begins as its shortcut, which trains faster.
        if isinstance(module, torchvision.models.resnet.Bottleneck):
            nn.init.zeros_(module.bn3.weight)
        # Some networks' own statistics follow the images so slowly that a short training would leave them at their start.
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.1
    return model


def resized(model, name, classes, size):
    """The same network at another size, with its weights."""
    other = build(name, classes, size)
    weights = model.state_dict()
    if name.startswith('vit'):
        weights = torchvision.models.vision_transformer.interpolate_embeddings(size, model.patch_size, weights)
    other.load_state_dict(weights)
    return other


def train(model, images, classes, stage, optimiser_of):
    size, count, batch, rate = stage
    steps = count // batch
    optimiser = optimiser_of(model.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    model.train()
    order, losses, start = torch.empty(0, dtype=torch.long), [], time.time()
    for step in range(steps):
        if len(order) < batch:
            order = torch.randperm(len(images))
        chosen, order = order[:batch], order[batch:]
        pixels = prepared(images[chosen], size)
        flipped = torch.rand(batch) < 0.5
        pixels[flipped] = pixels[flipped].flip(3)
        loss = nn.functional.cross_entropy(model(pixels), classes[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if step % 50 == 49 or step == steps - 1:
            print(f'{size} px, step {step + 1} of {steps}, loss {np.mean(losses[-50:]):.3f}, {time.time() - start:.0f} s', flush=True)


def accuracy(model, images, classes, size):
    model.eval()
    with torch.no_grad():
        found = torch.cat([model(prepared(images[i : i + 10], size)).argmax(1) for i in range(0, len(images), 10)])
    return float((found == classes).float().mean())


def main():
    given = arguments()
    torch.manual_seed(given.seed)
    names = given.classes.split(',') if given.classes else sorted(os.listdir(os.path.join(given.cifar, 'train')))
    stages = [stage.split(':') for stage in given.stages.split(',')]
    stages = [(int(size), int(count), int(batch), float(rate)) for size, count, batch, rate in stages]
    model = build(given.name, len(names), stages[0][0])
    if given.weights:
        model.load_state_dict(torch.load(given.weights))
    images, classes = load(os.path.join(given.cifar, 'train'), names, None)
    for stage in stages:
        size = stage[0]
        model = resized(model, given.name, len(names), size)
        train(model, images, classes, stage, OPTIMISERS[given.optimiser])
    share = accuracy(model, *load(os.path.join(given.cifar, 'test'), names, TESTED // len(names)), size)

    os.makedirs(given.out, exist_ok=True)
    torch.save(model.state_dict(), os.path.join(given.out, f'{given.name}.pt'))
    file = os.path.join(given.out, f'{given.name}.onnx')
    axes = {'input': {0: 'N'}, 'logits': {0: 'N'}}
    torch.onnx.export(model, torch.zeros(1, 3, size, size), file, opset_version=OPSET, input_names=['input'],
                      output_names=['logits'], dynamic_axes=axes)
    with open(os.path.join(given.out, 'labels.txt'), 'w') as file:
        file.write('\n'.join(names) + '\n')
    with open(os.path.join(MODELS, 'cifar10_resnet20.explain.json')) as file:
        sidecar = json.load(file)
    sidecar = {'input': {**sidecar['input'], 'width': size, 'height': size}, 'output': sidecar['output'], 'labels': 'labels.txt'}
    with open(os.path.join(given.out, f'{given.name}.explain.json'), 'w') as file:
        json.dump(sidecar, file, indent=1)
    print(json.dumps({'name': given.name, 'size': size, 'accuracy': share}))


main()
