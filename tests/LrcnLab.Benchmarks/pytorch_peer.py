"""The seed model, or an LRCN on a network of torchvision, in PyTorch, as the peer of LrcnLab's benchmarks. Reads commands from standard input, answers with one JSON line each.

step N    N training steps of the model: milliseconds of each
matmul N  N float32 products of 2048 x 2048 matrices: milliseconds of each
"""
import argparse
import json
import sys
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--clips", type=int, required=True)
parser.add_argument("--frames", type=int, required=True)
parser.add_argument("--size", type=int, required=True)
parser.add_argument("--classes", type=int, required=True)
parser.add_argument("--network", choices=["seed", "vgg16", "resnet18"], default="seed")
parser.add_argument("--channels-last", action="store_true")
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(1)


class Lrcn(nn.Module):
    """conv 32 7x7/2, 32, pool, 64, 64, pool, 128, 128, pool, 256, 256, pool, flatten, dropout 0.7, LSTM 512 with input dropout 0.5."""

    def __init__(self):
        super().__init__()
        layers = [nn.ZeroPad2d((2, 3, 2, 3)), nn.Conv2d(3, 32, 7, 2), nn.ReLU(True), nn.Conv2d(32, 32, 3), nn.ReLU(True), nn.MaxPool2d(2)]
        channels = 32
        for filters in (64, 128, 256):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(True), nn.Conv2d(filters, filters, 3, padding=1), nn.ReLU(True), nn.MaxPool2d(2)]
            channels = filters
        self.backbone = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.7))
        with torch.no_grad():
            features = self.backbone(torch.zeros(1, 3, options.size, options.size)).shape[1]
        self.lstm = nn.LSTM(features, 512, batch_first=True)
        self.fc = nn.Linear(512, options.classes)

    def forward(self, clips):
        n, t = clips.shape[:2]
        features = self.backbone(clips.flatten(0, 1)).view(n, t, -1)
        mask = torch.empty(n, 1, features.shape[2]).bernoulli_(0.5) * 2
        return self.fc(self.lstm(features * mask)[0][:, -1])


class Known(nn.Module):
    """A network of torchvision on every frame (VGG-16 up to fc6), LSTM 256, the answers of all steps averaged."""

    def __init__(self):
        super().__init__()
        import torchvision
        if options.network == "vgg16":
            net = torchvision.models.vgg16(weights=None)
            self.backbone = nn.Sequential(net.features, net.avgpool, nn.Flatten(), *net.classifier[:2])
        else:
            net = torchvision.models.resnet18(weights=None)
            net.fc = nn.Identity()
            self.backbone = net
        with torch.no_grad():
            features = self.backbone(torch.zeros(2, 3, options.size, options.size)).shape[1]
        self.lstm = nn.LSTM(features, 256, batch_first=True)
        self.fc = nn.Linear(256, options.classes)

    def forward(self, clips):
        n, t = clips.shape[:2]
        frames = clips.flatten(0, 1)
        if options.channels_last:
            frames = frames.contiguous(memory_format=torch.channels_last)
        return self.fc(self.lstm(self.backbone(frames).view(n, t, -1))[0])


model = Lrcn() if options.network == "seed" else Known()
if options.channels_last:
    model = model.to(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-5, eps=1e-7)
pixels = torch.randint(0, 256, (options.clips, options.frames, 3, options.size, options.size), dtype=torch.uint8)
labels = torch.arange(options.clips) % options.classes
matrix = torch.randn(2048, 2048)


def step():
    optimizer.zero_grad()
    logits = model(pixels.float().div_(255))
    truth = labels if logits.dim() == 2 else labels[:, None].expand(-1, logits.shape[1]).flatten()
    loss = nn.functional.cross_entropy(logits.flatten(0, -2), truth)
    loss.backward()
    optimizer.step()
    return loss.item()


def matmul():
    return (matrix @ matrix)[0, 0].item()


def timed(work, count):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return times


print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    command, count = line.split()
    print(json.dumps(timed(step if command == "step" else matmul, int(count))), flush=True)
