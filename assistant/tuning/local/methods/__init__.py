"""Ways of tuning, one small file each: `wrap(model, plan)` gives what the loop trains and how it is saved.

What comes back has `named_parameters()` (those that need a gradient are trained), `get_base_model()`, `train()`,
`eval()` and `save_pretrained(folder)`, like a model of peft.
"""

from collections.abc import Callable
from typing import Any

from assistant.tuning.local.methods import bias, bottleneck, dora, full, lora, partial, prompt, qlora, rslora
from assistant.tuning.plan import Plan

Wrap = Callable[[Any, Plan], Any]

ALL: dict[str, Wrap] = {
    module.__name__.rsplit(".", 1)[-1]: module.wrap
    for module in (lora, rslora, dora, qlora, prompt, bottleneck, bias, partial, full)
}
