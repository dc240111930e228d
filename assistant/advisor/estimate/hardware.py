"""Time and memory that training and serving an open model take, from formulas; knows no price and no provider."""

from math import ceil

from assistant.advisor.estimate.assumptions import Assumptions, Range
from assistant.advisor.estimate.offers import OpenModel

METHODS = ("lora", "qlora", "full")
_MEASURED = 134_515_008  # parameters of SmolLM2 135M, whose speed on a CPU was measured
_OPERATIONS = {"full": Range(6, 8), "lora": Range(4, 6), "qlora": Range(4, 6)}


def training_tokens(a: Assumptions) -> Range:
    """Tokens that pass through training: examples × tokens of one × epochs (the vendors' own formula)."""
    return a.examples * a.row_tokens * a.epochs


def memory_gb(model: OpenModel, method: str, a: Assumptions, gpu: bool) -> Range:
    """Memory of training in GB (10⁹ bytes).

    EleutherAI, Transformer Math 101, with N parameters of which n train: full tuning 16–18 N bytes; LoRA 2 N +
    (16–18) n; QLoRA 0.52 N + (16–18) n. Activations with tokens s·b in a step, hidden size h and L layers: 2·s·b·h·L
    if all are computed again, 34·s·b·h·L if only attention is. A GPU needs 1–2 GB for itself.
    """
    n, trained = model.parameters, model.trainable
    states = {
        "full": Range(16.0 * n, 18.0 * n),
        "lora": Range(2.0 * n + 16 * trained, 2.0 * n + 18 * trained),
        "qlora": Range(0.52 * n + 16 * trained, 0.52 * n + 18 * trained),
    }[method]
    activations = a.row_tokens * a.batch * Range(2, 34) * float(model.hidden * model.layers)
    total = (states + activations) * 1e-9
    return total + Range(1, 2) if gpu else total


def cards(memory: Range, card_gb: float) -> Range:
    """GPUs that hold so much memory together."""
    return Range(ceil(memory.low / card_gb), ceil(memory.high / card_gb))


def gpu_hours(model: OpenModel, method: str, a: Assumptions, tflops: Range) -> Range:
    """Hours on one GPU, or card-hours on several.

    Transformer Math 101: about 6 N operations a token, over peak speed × the share of it that is reached. Computing
    activations again adds a forward pass (8 N). LoRA has no gradients of the frozen weights: 2 N forward and 2 N back
    (Kaplan et al. 2020 count 4 N back for full), so 4–6 N. QLoRA counts like LoRA, though unpacking costs extra.
    """
    operations = training_tokens(a) * float(model.parameters) * _OPERATIONS[method]
    return operations.over(tflops * a.utilisation * 1e12) * (1 / 3600)


def cpu_hours(model: OpenModel, method: str, a: Assumptions) -> Range | None:
    """Hours on a CPU from the measured speed, scaled by parameters and operations; None for QLoRA (not measured)."""
    if method == "qlora":
        return None
    slower = model.parameters / _MEASURED * (6 / 4 if method == "full" else 1)
    return (training_tokens(a) * slower).over(a.cpu_training_tokens) * (1 / 3600)


def machines(model: OpenModel, a: Assumptions, prompt: Range, tflops: Range | None) -> Range:
    """Machines that read all prompts and write all answers at the busiest time; at least one."""
    needed = a.requests_per_day * a.peak * seconds(model, a, prompt, tflops) * (1 / 86400)
    return Range(max(1, ceil(needed.low)), max(1, ceil(needed.high)))


def seconds(model: OpenModel, a: Assumptions, prompt: Range, tflops: Range | None) -> Range:
    """Seconds that one machine works on a request: its prompt of so many tokens read, then its answer written."""
    return prompt.over(reading(model, a, tflops)) + a.output_tokens.over(writing(model, a))


def reading(model: OpenModel, a: Assumptions, tflops: Range | None) -> Range:
    """Tokens of a prompt that one machine reads a second. Reading is a forward pass, 2 N operations a token
    (Transformer Math 101); on a CPU (`tflops` None) as much faster than the measured LoRA training as that has more
    operations (4–6 N)."""
    if tflops is None:
        return a.cpu_training_tokens * Range(4 / 2, 6 / 2) * (_MEASURED / model.parameters)
    return tflops * a.utilisation * (1e12 / (2 * model.parameters))


def writing(model: OpenModel, a: Assumptions) -> Range:
    """Tokens a second that one machine writes with this model."""
    if model.place == "own_cpu":
        return a.cpu_writing_tokens * (_MEASURED / model.parameters)
    return a.gpu_writing_tokens
