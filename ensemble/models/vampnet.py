"""VampNet (Flores García et al. 2023, arXiv 2307.04686): music anew by masking its codes and filling the mask in. In a worker.

Masked (1) is what is made anew. A hole: everything between its ends is masked. A variation: of the three coarsest codebooks every nth
frame is kept, all else is masked. The codec is mono at 44.1 kHz, and hears everything at -24 LUFS: the level is put back, padding cut.

VampNet takes no text. Takes are one batch, from one encoding. Upstream draws for a whole batch from one generator and counts
its masked codes together, so that takes would change each other; here each draws from its own seed and counts its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ensemble.capabilities import Sheet, Sound, Work
from ensemble.models.audio import convert, fitted, playable, takes
from ensemble.models.base import Local, local_folder, wrong_weights
from ensemble.models.checkpoints import check_safe_loading, damage
from ensemble.models.device import Placement
from state.errors import ToolError

FILES = ("coarse.pth", "c2f.pth", "codec.pth")
LONGEST_SECONDS = 120.0
CHUNK_SECONDS = 10.0
"""What the coarse model was trained on; a hole is filled in from as much around it."""
CONTEXT_SECONDS = 2.0
"""Around a longer hole, at least."""
KEPT_CODEBOOKS = 3
ALL_CODEBOOKS = 14
NEAREST, FREEST = 3, 15
"""Every how many frames one is kept, in a variation of amount 0 and of amount 1; upstream's own default, 7, is a third of the way."""

MOST_TAKES = 16
_CPU_FRAMES = 600
"""In one batch on a CPU: the attention over more leaves its caches, and takes longer than row by row (measured: 1.5 times for
four takes of 10 s)."""

_LOUDNESS_TAPS = 8192
"""Of the convolution, whose length upstream sets to 512: that would leave out some of the bass."""


@dataclass(frozen=True)
class Parts:
    """Upstream's interface of the three models."""

    interface: Any
    rate: int


class VampNet(Local[Parts]):
    """hugggof/vampnet, or a local folder with coarse.pth, c2f.pth and codec.pth."""

    name = "vampnet"
    right: ClassVar[str] = f"a local folder with {', '.join(FILES)}, or a name at the hub such as hugggof/vampnet"

    def inpaint(
        self, sound: Sound, start_seconds: float, end_seconds: float, text: str, seeds: Sequence[int], work: Work
    ) -> list[Sound]:
        """See `Inpaint`. Of sound far from the hole nothing is touched. Raises ToolError for an empty span."""
        with self.call() as parts:
            audio = convert(playable(self.name, sound), parts.rate, 1).samples
            length = audio.shape[1] / parts.rate
            start, end = max(0.0, start_seconds), min(end_seconds, length)
            if start >= end:
                raise ToolError(f"there is nothing between {start_seconds:g} and {end_seconds:g} s of {length:g} s")
            around = max(CONTEXT_SECONDS, (CHUNK_SECONDS - (end - start)) / 2)
            first, last = max(0.0, start - around), min(length, end + around)
            begin, stop = round(first * parts.rate), round(last * parts.rate)
            span = {"prefix_s": start - first, "suffix_s": last - end, "periodic_prompt": 0}
            made = self._vamped(
                parts, audio[:, begin:stop], {**span, "upper_codebook_mask": ALL_CODEBOOKS}, seeds, work
            )
            return [_put(audio, take, begin, parts.rate) for take in made]

    def vary(self, sound: Sound, amount: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """See `Vary`."""
        with self.call() as parts:
            audio = convert(playable(self.name, sound), parts.rate, 1).samples
            period = round(NEAREST + (FREEST - NEAREST) * min(max(amount, 0.0), 1.0))
            mask = {"periodic_prompt": period, "upper_codebook_mask": KEPT_CODEBOOKS}
            return [Sound(take, parts.rate) for take in self._vamped(parts, audio, mask, seeds, work)]

    def _open(self, placement: Placement) -> Parts:
        check_safe_loading(self.name)
        from vampnet.interface import Interface

        coarse, fine, codec = self._files()
        try:
            interface = Interface(
                coarse_ckpt=str(coarse), coarse2fine_ckpt=str(fine), codec_ckpt=str(codec), wavebeat_ckpt=None,
                device=placement.device, compile=False,
            )  # fmt: skip
        except Exception as error:
            what = damage(error)
            if what is None:
                raise
            raise wrong_weights(self.name, self.weights, what, self.right) from error
        # Its generation computes under autocast in bfloat16 on an accelerator, whatever the weights are in.
        return Parts(interface.eval(), int(interface.codec.sample_rate))

    def _files(self) -> list[Path]:
        folder = local_folder(self.weights)
        if folder is None:
            from huggingface_hub import hf_hub_download

            return [Path(hf_hub_download(self.weights, name)) for name in FILES]
        for name in FILES:
            if not (folder / name).is_file():
                raise wrong_weights(self.name, self.weights, f"{name} is not there", self.right)
        return [folder / name for name in FILES]

    def _modules(self, loaded: Parts) -> Iterable[Any]:
        return [loaded.interface.coarse, loaded.interface.c2f, loaded.interface.codec]

    def _describe(self, loaded: Parts) -> Sheet:
        return Sheet(loaded.rate, 1, LONGEST_SECONDS, True, "CC-BY-NC-SA 4.0")

    def _vamped(self, parts: Parts, audio: Any, mask: dict[str, Any], seeds: Sequence[int], work: Work) -> list[Any]:
        """For each seed an array like `audio`, (1, samples), anew where `mask` (arguments of upstream's build_mask) says."""
        import torch
        from audiotools import AudioSignal

        if audio.shape[1] > LONGEST_SECONDS * parts.rate:
            raise ToolError(
                f"{self.name} takes at most {LONGEST_SECONDS:g} s, this is {audio.shape[1] / parts.rate:g} s"
            )
        interface = parts.interface
        signal = AudioSignal(torch.from_numpy(np.ascontiguousarray(audio))[None], parts.rate).to(interface.device)
        heard = _heard(interface, signal)
        level = _level(audio, heard[0, :, : audio.shape[1]].cpu().numpy())
        codes = interface.codec.encode(heard, parts.rate)["codes"]
        # What was padded stands at the end: it counts as kept.
        padded = interface.t2s(codes.shape[-1]) - audio.shape[1] / parts.rate
        if "suffix_s" in mask:
            mask = {**mask, "suffix_s": mask["suffix_s"] + max(0.0, padded)}
        masks = []
        for seed in seeds:
            torch.manual_seed(seed)
            masks.append(interface.build_mask(codes, signal, rand_mask_intensity=1.0, **mask))
        made: list[Any] = [None] * len(seeds)
        with self._watched(parts, work, len(seeds)):
            for rows in _batches(interface, masks, _most(interface, codes)):
                with _each_its_own([seeds[row] for row in rows], codes.device):
                    filled = interface.vamp(codes, torch.cat([masks[row] for row in rows]), batch_size=len(rows))
                # Decoded one by one: a batch makes that no cheaper, and would hold the waveforms of all layers for all takes.
                for row, one in zip(rows, filled.split(1), strict=True):
                    (take,) = takes(self.name, interface.decode(one).samples, parts.rate)
                    made[row] = fitted(take.samples * np.float32(level), audio.shape[1])
        return made

    @contextmanager
    def _watched(self, parts: Parts, work: Work, count: int) -> Iterator[None]:
        """Each step of filling in tells how far it is, and stops when told."""
        done = 0

        def step(*_: Any) -> None:
            nonlocal done
            done += 1
            work.report(f"{self.name}: step {done}, {count} takes, on {self.device}")

        hooks = [
            model.transformer.register_forward_pre_hook(step) for model in (parts.interface.coarse, parts.interface.c2f)
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()


def _heard(interface: Any, signal: Any) -> Any:
    """What upstream's `encode` gives the codec, of mono at the codec's rate. On a CPU upstream measures the loudness by torchaudio's
    filter, which without its compiled parts (a CPU build has none) is a loop in Python over all samples, as long as the sound or
    longer; here it is the convolution that upstream takes on a GPU, long enough to be exact."""
    signal = signal.clone()
    signal.loudness(use_fir=True, zeros=_LOUDNESS_TAPS)  # kept by the signal for the next line
    samples = signal.normalize(interface.loudness).ensure_max_of_audio(1.0).samples
    return interface.codec.preprocess(samples, signal.sample_rate)[0]


def _most(interface: Any, codes: Any) -> int:
    """Takes in one batch."""
    if codes.device.type != "cpu":
        return MOST_TAKES
    frames = min(int(codes.shape[-1]), int(interface.s2t(interface.coarse.chunk_size_s)))
    return max(1, _CPU_FRAMES // frames)


def _batches(interface: Any, masks: Sequence[Any], most: int) -> list[list[int]]:
    """The rows that can be one batch, at most `most`, nearly always all of these. Upstream keeps the first and the last frame of each chunk of the coarse
    model where any row of the batch keeps anything in it: rows are together that would be treated so alone."""
    length = interface.s2t(interface.coarse.chunk_size_s)
    alike: dict[tuple[bool, ...], list[int]] = {}
    for row, mask in enumerate(masks):
        chunks = mask[:, : interface.coarse.n_codebooks].split(length, dim=-1)
        alike.setdefault(tuple(bool((chunk == 0).any()) for chunk in chunks), []).append(row)
    return [rows[at : at + most] for rows in alike.values() for at in range(0, len(rows), most)]


@contextmanager
def _each_its_own(seeds: Sequence[int], device: Any) -> Iterator[None]:
    """Inside, upstream fills in each row of a batch as if it were alone: its draws come from a generator of its own, and how many of
    its codes stay masked after a step is counted from its own. None of upstream's code is repeated for that: torch's two draws are
    made row by row, and upstream's schedule is handed what comes to the right count when multiplied by the batch's."""
    import torch
    from vampnet.modules import transformer as theirs

    chances = [torch.Generator(device).manual_seed(seed) for seed in seeds]
    masked: Any = None

    def multinomial(chosen: Any, count: int) -> Any:
        parts = zip(chosen.chunk(len(chances)), chances, strict=True)
        return torch.cat([draw(part, count, generator=chance) for part, chance in parts])

    def uniform_(filled: Any, low: float, high: float) -> Any:
        for part, chance in zip(filled, chances, strict=True):
            fill(part, low, high, generator=chance)
        return filled

    def generate(model: Any, *, start_tokens: Any, mask: Any, **more: Any) -> Any:
        nonlocal masked
        masked = (mask.bool() | (start_tokens == model.mask_token)).sum(dim=(1, 2))
        return fill_in(model, start_tokens=start_tokens, mask=mask, **more)

    def gamma(share: Any) -> Any:
        staying = torch.floor(schedule(share) * masked)
        return (staying + 0.5) / masked.sum().clamp(min=1)  # multiplied by that sum and rounded down: `staying`

    draw, fill, fill_in, schedule = (
        torch.Tensor.multinomial,
        torch.Tensor.uniform_,
        theirs.VampNet.generate,
        theirs._gamma,
    )
    torch.Tensor.multinomial, torch.Tensor.uniform_ = multinomial, uniform_
    theirs.VampNet.generate, theirs._gamma = generate, gamma
    try:
        yield
    finally:
        torch.Tensor.multinomial, torch.Tensor.uniform_ = draw, fill
        theirs.VampNet.generate, theirs._gamma = fill_in, schedule


def _level(audio: Any, heard: Any) -> float:
    """The factor from what the codec was given back to the level of `audio`."""
    energy = float(np.vdot(heard, heard))
    return float(np.vdot(audio, heard)) / energy if energy > 0 else 0.0


def _put(audio: Any, take: Any, begin: int, rate: int) -> Sound:
    """`audio` with `take` in it from sample `begin` on."""
    whole = audio.copy()
    whole[:, begin : begin + take.shape[1]] = take
    return Sound(whole, rate)
