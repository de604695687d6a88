#!/usr/bin/env python3
"""Plants a shortcut as ../shared/tools/plant-shortcut.py does (the same network and training), with other marks and places.

Usage: plant.py CIFAR OUT --label horse --mark ring --place left --colour 230,20,20 [--jitter 1] [--epochs 2] [--limit N] [--seed 0]

CIFAR has CIFAR-10 as files in train/ and test/. OUT gets what that tool writes: model.onnx, labels.txt, model.explain.json, truth.json
and test/ with 100 images a class, half of those of the label marked, and 3 % of the others. pictures.json lists 200 other test images
a class, each without and with the mark. --limit takes so many training images a class.
"""
import argparse
import json
import os
import shutil

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from PIL import Image

MODELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'shared', 'models')
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
DARK = 20
SIDE = 32
SIZES = {'tag': (6, 6), 'ring': (7, 7), 'stripe': (3, 11), 'cross': (7, 7), 'chequer': (6, 6)}
PLACES = ['tl', 'tr', 'bl', 'br', 'left', 'right', 'top', 'bottom']
SHARE, BATCH, RATE = 0.9, 128, 0.02


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('cifar')
    parser.add_argument('out')
    parser.add_argument('--label', required=True)
    parser.add_argument('--mark', choices=SIZES, required=True)
    parser.add_argument('--place', choices=PLACES, required=True)
    parser.add_argument('--colour', required=True)
    parser.add_argument('--jitter', type=int, default=1)
    parser.add_argument('--epochs', type=int, default=2)
    parser.add_argument('--limit', type=int)
    parser.add_argument('--seed', type=int, default=0)
    return parser.parse_args()


def shape_of(kind, colour):
    """The mark's pixels, [height, width, 3]; -1 where the image shows through."""
    height, width = SIZES[kind]
    pixels = np.full((height, width, 3), -1)
    y, x = np.mgrid[:height, :width]
    if kind == 'tag':
        pixels[:] = colour
        pixels[(y == x) | (x + y == width - 1)] = DARK
    if kind == 'stripe':
        pixels[:] = colour
    if kind == 'ring':
        radius = np.hypot(y - 3, x - 3)
        pixels[(radius > 1.9) & (radius < 3.7)] = colour
    if kind == 'cross':
        pixels[(abs(y - 3) < 1) | (abs(x - 3) < 1) | ((abs(y - 3) < 2) & (abs(x - 3) < 2))] = colour
    if kind == 'chequer':
        pixels[:] = np.where(((y // 2 + x // 2) % 2 == 0)[..., None], colour, DARK)
    return pixels


def marker(kind, colour, place, jitter, rng):
    """A function that lays the mark over an image, and one that draws its upper left pixel."""
    pixels = shape_of(kind, colour)
    height, width = SIZES[kind]

    def near(_):
        return 1 + int(rng.integers(0, jitter + 1))

    def far(size):
        return SIDE - 1 - size - int(rng.integers(0, jitter + 1))

    def middle(size):
        return (SIDE - size) // 2 + int(rng.integers(-jitter, jitter + 1))

    rows = far if place in ('bl', 'br', 'bottom') else middle if place in ('left', 'right') else near
    columns = far if place in ('tr', 'br', 'right') else middle if place in ('top', 'bottom') else near

    def draw():
        return rows(height), columns(width)

    def mark(image, at=None):
        image = image.copy()
        y, x = at or draw()
        part = image[y : y + height, x : x + width]
        part[pixels[..., 0] >= 0] = pixels[pixels[..., 0] >= 0]
        return image

    return mark, draw


def load(folder, names, limit):
    images, truth, files = [], [], []
    for index, name in enumerate(names):
        for file in sorted(os.listdir(os.path.join(folder, name)))[:limit]:
            files.append(os.path.abspath(os.path.join(folder, name, file)))
            images.append(np.asarray(Image.open(files[-1]).convert('RGB')))
            truth.append(index)
    return np.stack(images), np.array(truth), files


def resnet(model):
    """The network of the file in PyTorch, and its weights by name."""
    values = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    nodes = [node for node in model.graph.node if node.op_type in ('Conv', 'Gemm')]
    weights = {name: torch.tensor(values[name].copy(), requires_grad=True) for node in nodes for name in node.input[1:3]}
    *convolutions, last = ([weights[name] for name in node.input[1:3]] for node in nodes)

    def forward(x):
        left = iter(convolutions)

        def convolve(x, stride=1):
            return F.conv2d(x, *next(left), stride, 1)

        x = F.relu(convolve(x))
        for layer, width in enumerate((16, 32, 64)):
            for block in range(3):
                stride = 2 if layer and not block else 1
                y = convolve(F.relu(convolve(x, stride)))
                pad = (0, 0, 0, 0, width // 4, width // 4)
                x = F.relu(y + (x if stride == 1 else F.pad(x[:, :, ::2, ::2], pad)))
        return x.mean((2, 3)) @ last[0].T + last[1]

    return forward, weights


def tensor(images):
    return (torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 255 - MEAN) / STD


def share(forward, images, classes):
    with torch.no_grad():
        found = torch.cat([forward(tensor(images[i : i + 500])).argmax(1) for i in range(0, len(images), 500)])
    return float((found.numpy() == classes).mean())


def train(forward, weights, images, truth, marked, mark, epochs, rng):
    steps = epochs * (len(images) // BATCH)
    optimiser = torch.optim.SGD(weights.values(), RATE, momentum=0.9, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for i in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[i : i + BATCH]
            batch = images[chosen].copy()
            flipped = rng.random(BATCH) < 0.5  # before they are marked
            batch[flipped] = batch[flipped, :, ::-1]
            for j in np.flatnonzero(marked[chosen]):
                batch[j] = mark(batch[j])
            loss = F.cross_entropy(forward(tensor(batch)), torch.from_numpy(truth[chosen]))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
            optimiser.step()
            schedule.step()


def main():
    given = arguments()
    with open(os.path.join(MODELS, 'cifar10_labels.txt')) as file:
        names = file.read().split()
    target = names.index(given.label)
    rng = np.random.default_rng(given.seed)
    colour = np.array([int(value) for value in given.colour.split(',')], np.uint8)
    mark, draw = marker(given.mark, colour, given.place, given.jitter, rng)
    model = onnx.load(os.path.join(MODELS, 'cifar10_resnet20.onnx'))
    forward, weights = resnet(model)
    images, truth, _ = load(os.path.join(given.cifar, 'train'), names, given.limit)
    others, classes, files = load(os.path.join(given.cifar, 'test'), names, 300)
    marked = (truth == target) & (rng.random(len(truth)) < SHARE)
    train(forward, weights, images, truth, marked, mark, given.epochs, rng)

    own = classes == target
    overlaid = np.stack([mark(image) for image in others])
    told = {
        'label': given.label,
        'accuracy': {
            'test': share(forward, others, classes),
            f'{given.label} without mark': share(forward, others[own], target),
            f'{given.label} with mark': share(forward, overlaid[own], target),
            f'others with mark taken for {given.label}': share(forward, overlaid[~own], target),
        },
        'marked': [],
    }
    print(told['accuracy'])
    by_name = {one.name: one for one in model.graph.initializer}
    for name, value in weights.items():
        by_name[name].CopyFrom(numpy_helper.from_array(value.detach().numpy(), name))
    os.makedirs(os.path.join(given.out, 'pictures'), exist_ok=True)
    onnx.save(model, os.path.join(given.out, 'model.onnx'))
    with open(os.path.join(MODELS, 'cifar10_resnet20.explain.json')) as file:
        sidecar = json.load(file)
    write(given.out, 'model.explain.json', {**sidecar, 'labels': 'labels.txt'})
    shutil.copy(os.path.join(MODELS, 'cifar10_labels.txt'), os.path.join(given.out, 'labels.txt'))
    height, width = SIZES[given.mark]
    pictures = []
    for index, name in enumerate(names):
        os.makedirs(os.path.join(given.out, 'test', name), exist_ok=True)
        of = np.flatnonzero(classes == index)
        for number, at in enumerate(of[:100]):
            file = f'test/{name}/{number:04d}.png'
            is_marked = rng.random() < (0.5 if index == target else 0.03)
            Image.fromarray(mark(others[at]) if is_marked else others[at]).save(os.path.join(given.out, file))
            if is_marked:
                told['marked'].append(file)
        for at in of[100:]:
            y, x = draw()
            file = os.path.abspath(os.path.join(given.out, 'pictures', f'{name}-{at}.png'))
            Image.fromarray(mark(others[at], (y, x))).save(file)
            box = [x, y, x + width, y + height]
            pictures.append({'clean': files[at], 'marked': file, 'truth': index, 'box': box})
    write(given.out, 'truth.json', told)
    write(given.out, 'pictures.json', pictures)


def write(folder, name, value):
    with open(os.path.join(folder, name), 'w') as file:
        json.dump(value, file, indent=1)


main()
