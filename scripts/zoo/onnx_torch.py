"""Runs and trains small ONNX classifiers in PyTorch, with the weights of the file as its parameters.

Usage: onnx_torch.py sgd MODEL IMAGES OUT BATCH STEPS
       onnx_torch.py drift MODEL IMAGES OUT BATCH STEPS COPIES RATE
       onnx_torch.py time MODEL SIDE BATCH STEPS THREADS

`sgd` trains on the first images of the archive IMAGES (a .tar.gz with a folder of PNGs for each class), in float64, with
momentum 0.9 and weight decay 1e-4 at rates that rise to 1e-3 over five steps. It writes OUT.json with the names and sizes of
the parameters, the labels, the rates, and the loss of each step, and OUT.bin: the images in float32, then of each parameter
its gradient at the first step in float32 and float64, and its values after the last one in float64.
`drift` trains in the same way in float32, at rates that rise to RATE, and again for each of COPIES with weights that were multiplied by 1 + 1e-7 z, z normal.
It writes OUT.json with names and sizes, labels, rates, losses, and how far each copy got: `weights`, the distance of its last
weights from those of the first training over the length of the change, and `loss`, the largest difference of a step's loss; and
OUT.bin: the images and the last weights of each parameter in float32.
`time` prints for each of several steps in float32 its seconds and those of all processors' work, and the process's largest
memory in bytes, as JSON.
"""
import json
import resource
import sys
import tarfile
import time

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F

MEAN = torch.tensor([0.4914, 0.4822, 0.4465]).view(3, 1, 1)
STD = torch.tensor([0.2471, 0.2435, 0.2616]).view(3, 1, 1)


def pads(values):
    """From ONNX's order, all begins and then all ends, to PyTorch's, pairs from the last axis on."""
    half = len(values) // 2
    return [int(v) for axis in reversed(range(half)) for v in (values[axis], values[half + axis])]


def conv(x, w, b=None, *, strides, pads: list, dilations, group, **_):
    half = len(pads) // 2
    assert pads[:half] == pads[half:]
    return F.conv2d(x, w, b, strides, pads[:half], dilations, group)


def cut(x, starts, ends, axes, steps=None):
    steps = [1] * len(starts) if steps is None else steps.tolist()
    for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes.tolist(), steps):
        size = x.shape[axis]
        if step < 0:
            x, start, end, step = x.flip(axis), size - 1 - start % size, size, -step
        places = torch.arange(*slice(start, end).indices(size)[:2], step)
        x = x.index_select(axis, places)
    return x


OPERATORS = {
    'Add': torch.add,
    'AveragePool': lambda x, kernel_shape, strides, **_: F.avg_pool2d(x, kernel_shape, strides),
    'Cast': lambda x, to: x.to(torch.int64) if to == onnx.TensorProto.INT64 else x,
    'Clip': lambda x, low, high: x.clamp(low.item(), high.item()),
    'Concat': lambda *x, axis: torch.cat(x, axis),
    'ConstantOfShape': lambda size, value: torch.full(size.tolist(), numpy_helper.to_array(value).item(),
                                                      dtype=torch.int64),
    'Conv': conv,
    'Flatten': lambda x, axis=1: x.flatten(axis),
    'Gemm': lambda a, b, c, transB=0, **_: F.linear(a, b if transB else b.t(), c),
    'GlobalAveragePool': lambda x: x.mean((2, 3), keepdim=True),
    'Pad': lambda x, widths, value=None, mode=None: F.pad(x, pads(widths.tolist())),
    'Relu': torch.relu,
    'Reshape': lambda x, size, **_: x.reshape(size.tolist()),
    'Slice': cut,
    'Transpose': lambda x, perm: x.permute(perm),
}
LEARNED = {'Conv': (1, 2), 'Gemm': (1, 2)}


class Network(torch.nn.Module):
    def __init__(self, path, dtype):
        super().__init__()
        graph = onnx.load(path).graph
        self.input, self.output = graph.input[0].name, graph.output[0].name
        tensors = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
        self.nodes = []
        for node in graph.node:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            if node.op_type == 'Constant':
                tensors[node.output[0]] = torch.from_numpy(numpy_helper.to_array(attributes['value']).copy())
            else:
                self.nodes.append((node.op_type, list(node.input), node.output[0], attributes))
        self.tensors = {k: t.to(dtype) if t.is_floating_point() else t for k, t in tensors.items()}
        self.learned = []
        for kind, inputs, _, _ in self.nodes:
            for index in LEARNED.get(kind, ()):
                if index < len(inputs) and inputs[index] not in self.learned:
                    self.learned.append(inputs[index])
        self.weights = [torch.nn.Parameter(self.tensors[name]) for name in self.learned]
        for i, weight in enumerate(self.weights):
            self.register_parameter(f'w{i}', weight)

    def forward(self, x):
        values = {**self.tensors, **dict(zip(self.learned, self.weights)), self.input: x}
        for kind, inputs, output, attributes in self.nodes:
            values[output] = OPERATORS[kind](*(values[name] if name else None for name in inputs), **attributes)
        return values[self.output]


def images(archive, count):
    from PIL import Image
    by_class = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            if not member.isfile():
                continue
            folder = member.name.split('/')[-2]
            if len(by_class.setdefault(folder, [])) * 10 < count + 10:
                pixels = np.array(Image.open(tar.extractfile(member)).convert('RGB'))
                by_class[folder].append(torch.from_numpy(pixels).permute(2, 0, 1) / 255)
    # By turns of each class.
    pairs = [(rows[i], label) for i in range(count // 10 + 1)
             for label, (_, rows) in enumerate(sorted(by_class.items()))][:count]
    return (torch.stack([x for x, _ in pairs]) - MEAN) / STD, torch.tensor([label for _, label in pairs])


def sgd(path, archive, out, batch, steps):
    x, labels = images(archive, batch * steps)
    narrow, wide = Network(path, torch.float32), Network(path, torch.float64)
    F.cross_entropy(narrow(x[:batch]), labels[:batch]).backward()
    rates = [1e-3 * min(1, (step + 1) / 5) for step in range(steps)]
    optimiser = torch.optim.SGD(wide.parameters(), lr=0, momentum=0.9, weight_decay=1e-4)
    losses, first = [], None
    for step, rate in enumerate(rates):
        optimiser.param_groups[0]['lr'] = rate
        part = slice(step * batch, (step + 1) * batch)
        loss = F.cross_entropy(wide(x[part].double()), labels[part])
        optimiser.zero_grad()
        loss.backward()
        first = first or [weight.grad.clone() for weight in wide.weights]
        optimiser.step()
        losses.append(loss.item())
    with open(out + '.bin', 'wb') as file:
        file.write(x.numpy().astype('<f4').tobytes())
        for own, gradient, weight in zip(narrow.weights, first, wide.weights):
            file.write(own.grad.numpy().astype('<f4').tobytes())
            file.write(gradient.numpy().astype('<f8').tobytes())
            file.write(weight.detach().numpy().astype('<f8').tobytes())
    with open(out + '.json', 'w') as file:
        json.dump({'batch': batch, 'labels': labels.tolist(), 'rates': rates, 'losses': losses,
                   'parameters': {name: weight.numel() for name, weight in zip(wide.learned, wide.weights)}}, file)


def trained(network, x, labels, rates, batch):
    optimiser = torch.optim.SGD(network.parameters(), lr=0, momentum=0.9, weight_decay=1e-4)
    losses = []
    for step, rate in enumerate(rates):
        optimiser.param_groups[0]['lr'] = rate
        part = slice(step * batch, (step + 1) * batch)
        loss = F.cross_entropy(network(x[part]), labels[part])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses, [weight.detach().clone() for weight in network.weights]


def length(tensors):
    return sum(t.double().square().sum() for t in tensors).sqrt().item()


def drift(path, archive, out, batch, steps, copies, rate):
    torch.set_num_threads(1)
    x, labels = images(archive, batch * steps)
    rates = [rate * min(1, (step + 1) / 5) for step in range(steps)]
    network = Network(path, torch.float32)
    start = [weight.detach().clone() for weight in network.weights]
    losses, last = trained(network, x, labels, rates, batch)
    change = length(a - b for a, b in zip(last, start))
    told = []
    for seed in range(copies):
        generator = torch.Generator().manual_seed(seed)
        copy = Network(path, torch.float32)
        with torch.no_grad():
            for weight in copy.weights:
                weight *= 1 + 1e-7 * torch.randn(weight.shape, generator=generator)
        own, weights = trained(copy, x, labels, rates, batch)
        told.append({'weights': length(a - b for a, b in zip(weights, last)) / change,
                     'loss': max(abs(a - b) for a, b in zip(own, losses))})
    with open(out + '.bin', 'wb') as file:
        for tensor in (x, *last):
            file.write(tensor.numpy().astype('<f4').tobytes())
    with open(out + '.json', 'w') as file:
        json.dump({'batch': batch, 'labels': labels.tolist(), 'rates': rates, 'losses': losses, 'copies': told,
                   'parameters': {name: weight.numel() for name, weight in zip(network.learned, last)}}, file)


def measure(path, side, batch, steps, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    network = Network(path, torch.float32)
    optimiser = torch.optim.SGD(network.parameters(), lr=1e-6, momentum=0.9, weight_decay=1e-4)
    x = torch.randn(batch, 3, side, side)
    with torch.no_grad():
        classes = network(x[:1]).shape[1]
    labels = torch.arange(batch) % classes
    seconds, work = [], []
    for _ in range(steps):
        start, used = time.perf_counter(), time.process_time()
        optimiser.zero_grad()
        F.cross_entropy(network(x), labels).backward()
        optimiser.step()
        seconds.append(time.perf_counter() - start)
        work.append(time.process_time() - used)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({'seconds': seconds, 'work': work, 'memory': memory}))


if __name__ == '__main__':
    if sys.argv[1] == 'sgd':
        sgd(*sys.argv[2:5], *map(int, sys.argv[5:]))
    elif sys.argv[1] == 'drift':
        drift(*sys.argv[2:5], *map(int, sys.argv[5:8]), float(sys.argv[8]))
    else:
        measure(sys.argv[2], *map(int, sys.argv[3:]))
