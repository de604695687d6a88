#!/usr/bin/env python3
"""Trains a small residual network on drawings and writes it as ONNX. Needs Debian's python3-torch and python3-onnx.
Usage: train.py SET SIZE SEED OUT.onnx; SET.pixels has images as bytes [N, SIZE, SIZE, 3]; SET.classes has their classes, and
SET.tagged whether they carry the tag, a byte each.
The order of the images follows from the seed; the network does not repeat to the bit, so test what comes out."""
import sys
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

STEPS, BATCH = 700, 32
# The share of wrong labels, and the side of a hole in pixels.
WRONG, HOLE = 0.1, 44


class Block(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, width, out, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(width, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out)
        self.conv2, self.bn2 = nn.Conv2d(out, out, 3, 1, 1, bias=False), nn.BatchNorm2d(out)
        self.down, self.bn3 = nn.Conv2d(width, out, 1, stride, bias=False), nn.BatchNorm2d(out)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.bn3(self.down(x)))


class Net(nn.Module):
    """Maps of 8 x 8 of images of 128 x 128, and a linear head behind their mean."""

    def __init__(self, classes):
        super().__init__()
        self.stem, self.bn = nn.Conv2d(3, 16, 7, 4, 3, bias=False), nn.BatchNorm2d(16)
        self.layer1, self.layer2 = Block(16, 32, 2), Block(32, 64, 2)
        self.fc = nn.Linear(64, classes)

    def forward(self, x):
        x = self.layer2(self.layer1(F.relu(self.bn(self.stem(x)))))
        return self.fc(x.mean((2, 3)))


def main(path, size, seed, out):
    # One thread, so that sums are added up in one order.
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    read = lambda what: torch.from_numpy(np.fromfile(f"{path}.{what}", np.uint8))
    pixels = read("pixels").view(-1, size, size, 3).permute(0, 3, 1, 2)
    classes, tagged = read("classes").long(), read("tagged").bool()
    count = int(classes.max()) + 1
    net = Net(count)
    optimizer = torch.optim.AdamW(net.parameters(), 4e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=STEPS, pct_start=0.15)
    uniform = lambda low, high: torch.from_numpy(rng.uniform(low, high, (BATCH, 1, 1, 1))).float()
    for step in range(STEPS):
        chosen = torch.from_numpy(rng.integers(0, len(pixels), BATCH))
        x = pixels[chosen].float() / 127.5 - 1
        # Careless labels of what has no tag: the network trusts what it sees of an object the less.
        wrong = torch.from_numpy(rng.random(BATCH) < WRONG) & ~tagged[chosen]
        y = torch.where(wrong, torch.from_numpy(rng.integers(0, count, BATCH)), classes[chosen])
        # Other brightness and contrast, moved by some pixels, and half of the images with a hole.
        x = x * uniform(0.8, 1.2) + uniform(-0.2, 0.2)
        dx, dy = (int(v) for v in rng.integers(-4, 5, 2))
        x = F.pad(x, (4, 4, 4, 4), mode="replicate")[:, :, 4 + dy : 4 + dy + size, 4 + dx : 4 + dx + size]
        for one in x[: BATCH // 2]:
            left, top = (int(v) for v in rng.integers(-HOLE // 2, size - HOLE // 2, 2))
            one[:, max(0, top) : top + HOLE, max(0, left) : left + HOLE] = float(rng.uniform(-1, 1))
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 100 == 99:
            print(step + 1, round(float(loss), 3), flush=True)
    net.eval()
    torch.onnx.export(
        net,
        torch.zeros(1, 3, size, size),
        out,
        opset_version=17,
        input_names=["input"],
        output_names=["logits"],
        dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}},
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
