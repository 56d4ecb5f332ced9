"""Features of known networks with weights that a formula gives, for KnownNetworksTests: python3 make.py (Debian's python3-torchvision)."""

import json
import math
import zlib

import torch
import torchvision
from torch import nn


def numbers(count, phase):
    """From -1 to 1, as if drawn: the usual hash of shaders, again after a prime number of values."""
    wild = (torch.arange(65537, dtype=torch.float64) * 12.9898 + phase).sin() * 43758.5453
    wave = (2 * (wild - wild.floor()) - 1).float()
    return wave.repeat(count // 65537 + 1)[:count]


def fill(module):
    for name, value in module.state_dict().items():
        phase = zlib.crc32(name.encode()) % 1000
        if name.endswith("num_batches_tracked"):
            continue
        wave = numbers(value.numel(), phase).reshape(value.shape)
        if name.endswith("running_var"):
            wave = 1 + 0.5 * wave
        elif value.dim() > 1:
            wave = wave * math.sqrt(6 / value[0].numel())
        elif name.endswith("weight"):
            wave = 1 + 0.2 * wave
        else:
            wave = 0.1 * wave
        value.copy_(wave)


class LrcnCaffe(nn.Module):
    """The base of the released LRCN, up to fc7."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 96, 7, 2)
        self.conv2 = nn.Conv2d(96, 384, 5, 2, groups=2)
        self.conv3 = nn.Conv2d(384, 512, 3, padding=1)
        self.conv4 = nn.Conv2d(512, 512, 3, padding=1, groups=2)
        self.conv5 = nn.Conv2d(512, 384, 3, padding=1, groups=2)
        self.fc6 = nn.Linear(384 * 6 * 6, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.norm = nn.LocalResponseNorm(5, 1e-4, 0.75, 1)

    def forward(self, x):
        x = self.norm(self.pool(self.conv1(x).relu()))
        x = self.norm(self.pool(self.conv2(x).relu()))
        x = self.conv4(self.conv3(x).relu()).relu()
        x = self.pool(self.conv5(x).relu())
        return self.fc7(self.fc6(x.flatten(1)).relu()).relu()


def features(name, module, x):
    if name.startswith("resnet"):
        module.fc = nn.Identity()
        return module(x)
    if name == "mobilenet-v2":
        return module.features(x).mean([2, 3])
    if name == "lrcn-caffe":
        return module(x)
    if name not in ("alexnet", "vgg16"):  # one VGG with its 120 million weights behind the convolutions is enough
        return module.avgpool(module.features(x)).flatten(1)
    module.classifier = module.classifier[:-1]
    return module(x)


networks = {
    "lrcn-caffe": LrcnCaffe,
    "alexnet": torchvision.models.alexnet,
    "vgg11": torchvision.models.vgg11,
    "vgg11-bn": torchvision.models.vgg11_bn,
    "vgg16-bn": torchvision.models.vgg16_bn,
    "vgg16": torchvision.models.vgg16,
    "vgg19": torchvision.models.vgg19,
    "vgg19-bn": torchvision.models.vgg19_bn,
    "resnet18": torchvision.models.resnet18,
    "resnet34": torchvision.models.resnet34,
    "resnet50": torchvision.models.resnet50,
    "mobilenet-v2": torchvision.models.mobilenet_v2,
}

result = {}
for name, make in networks.items():
    module = make().eval()
    with torch.no_grad():
        fill(module)
        side = 227 if name == "lrcn-caffe" else 96
        x = numbers(2 * 3 * side * side, 1).reshape(2, 3, side, side)
        y = features(name, module, x).double()
    result[name] = {"side": side, "size": y.shape[1], "norm": y.norm().item(), "places": [0, 7, y.shape[1] - 1], "values": [y[k, i].item() for k in range(2) for i in (0, 7, y.shape[1] - 1)]}
    print(name, result[name])

with open("features.json", "w") as file:
    json.dump(result, file, indent=1)
