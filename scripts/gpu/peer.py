"""Group-CAM in PyTorch, and torchvision's networks as ONNX files, on a machine with a card.

    python3 peer.py time NETWORK cpu|cuda REPEAT     prints JSON with the median time of Group-CAM
    python3 peer.py export NETWORK FILE              writes the network with random weights, which cost the same time

It lies beside group_cam_torch.py.
"""
import json
import os
import statistics
import sys
import time

import torch
import torchvision

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ.get('GROUP_CAM_TORCH', '.')]

LAYERS = {'mobilenet_v2': 'features', 'resnet50': 'layer4'}


def network(name):
    torch.manual_seed(0)
    return getattr(torchvision.models, name)(weights=None).eval()


def denoise(maps, theta):
    """The same as group_cam_torch's, on the card: there it goes through NumPy."""
    bounds = torch.quantile(maps.flatten(1).double(), theta / 100, dim=1)[:, None, None]
    return torch.where(maps.double() <= bounds, torch.zeros_like(maps), maps)


def measure(name, device, repeat):
    import group_cam_torch as peer
    if name not in LAYERS:
        sys.exit(f'{name}: its maps are tokens, which group_cam_torch.py does not know')
    peer.denoise = denoise
    net = network(name).to(device)
    wait = torch.cuda.synchronize if device == 'cuda' else lambda: None
    times = []
    for i in range(repeat + 2):
        x = torch.randn(1, 3, 224, 224, device=device)
        wait()
        start = time.perf_counter()
        peer.group_cam(net, LAYERS[name], x, 0)['saliency'].cpu()
        times.append(1000 * (time.perf_counter() - start))
    where = torch.cuda.get_device_name() if device == 'cuda' else f'{torch.get_num_threads()} threads'
    print(json.dumps({'milliseconds': statistics.median(times[2:]), 'where': where}))


def export(name, file):
    names = {'input_names': ['input'], 'output_names': ['logits']}
    free = {'input': {0: 'N'}, 'logits': {0: 'N'}}
    try:
        torch.onnx.export(network(name), torch.randn(1, 3, 224, 224), file, opset_version=17, dynamic_axes=free,
                          dynamo=False, **names)
    except TypeError:
        # A version before there were two exporters.
        torch.onnx.export(network(name), torch.randn(1, 3, 224, 224), file, opset_version=17, dynamic_axes=free, **names)


if __name__ == '__main__':
    if sys.argv[1] == 'time':
        measure(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        export(sys.argv[2], sys.argv[3])
