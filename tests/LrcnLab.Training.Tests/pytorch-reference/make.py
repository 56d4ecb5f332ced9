"""Files as PyTorch writes them, for PyTorchReaderTests: python3 make.py (Debian's python3-torch)."""

import torch
from torch import nn

torch.manual_seed(1)
model = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.LSTM(4, 2))
torch.save(model.state_dict(), "state-dict.pth")

base = torch.arange(24, dtype=torch.float32)
views = {
    "whole": base.reshape(2, 3, 4),
    "turned": base.reshape(4, 6).t(),
    "part": base[5:9],
    "scalar": torch.tensor(7),
    "none": torch.zeros(0, 3),
    "half": torch.tensor([0.5, -2.0], dtype=torch.float16),
    "brain": torch.tensor([0.5, -2.0], dtype=torch.bfloat16),
    "double": torch.tensor([1e300], dtype=torch.float64),
    "yes": torch.tensor([True, False]),
    "bytes": torch.tensor([1, 255], dtype=torch.uint8),
}
torch.save(views, "views.pth")

optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
torch.save(
    {
        "epoch": 3,
        "arch": "tiny",
        "best": 0.25,
        "state_dict": {"module." + name: nn.Parameter(value) if value.is_floating_point() else value for name, value in model.state_dict().items()},
        "optimizer": optimizer.state_dict(),
    },
    "checkpoint.pth",
)
torch.save(model, "whole-model.pth")
torch.save(model.state_dict(), "old-format.pth", _use_new_zipfile_serialization=False)
