"""What an adapter adds to the bare library call with the same tiny random weights, and what a batch of takes saves.

Goals: an adapter costs at most 2 % more than the bare call; 4 takes in one batch cost at most 0.6 x 4 single calls. CPU time on
one thread, adapter and bare call by turns; the ratio is of the two medians, its spread the middle half of the rounds' ratios.
Run where the extra `models` is installed: python benchmarks/models.py [rounds]. On an accelerator the same in bfloat16, in
elapsed time.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "models"))

from ensemble.capabilities import Sound, Work
from ensemble.models.base import Local
from ensemble.models.device import available

GOAL = 1.02
GOAL_BATCH = 0.6
ROUNDS = 15
WARM_UP = 2
WORK = Work()
TEXT = "lofi with piano and drums. bpm: 90. key: C major."


@dataclass
class Case:
    """One call: through the adapter, and bare, each for a number of takes."""

    name: str
    adapter: Callable[[int], object]
    bare: Callable[[int], object]
    batches: bool = True


def main() -> None:
    import torch

    torch.set_num_threads(1)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    worst, dearest = 0.0, 0.0
    print(f"{available()[0]}, {rounds} rounds")
    print(f"{'call':24}{'bare':>10}{'adapter':>10}{'ratio':>8}  middle half     4 takes in one batch / 4 calls")
    with tempfile.TemporaryDirectory() as folder:
        for case in _cases(Path(folder)):
            with torch.no_grad():
                _alternate(case.adapter, case.bare, 1, WARM_UP)
                ours, bare = _alternate(case.adapter, case.bare, 1, rounds)
                batch = _alternate(case.adapter, case.adapter, 4, max(3, rounds // 3))[0] if case.batches else []
            ratio = statistics.median(ours) / statistics.median(bare)
            low, _, high = statistics.quantiles([one / other for one, other in zip(ours, bare, strict=True)], n=4)
            share = statistics.median(batch) / (4 * statistics.median(ours)) if batch else None
            worst, dearest = max(worst, ratio), max(dearest, share or 0.0)
            times = f"{statistics.median(bare) * 1000:7.1f} ms{statistics.median(ours) * 1000:7.1f} ms"
            print(
                f"{case.name:24}{times}{ratio:8.3f}  {low:.3f}-{high:.3f}     {'' if share is None else f'{share:.2f}'}"
            )
    print(f"dearest adapter {worst:.3f} of the bare call     goal at most {GOAL:g}")
    print(f"dearest batch of 4 takes {dearest:.2f} of 4 calls     goal at most {GOAL_BATCH:g}")


def _alternate(
    one: Callable[[int], object], other: Callable[[int], object], takes: int, rounds: int
) -> tuple[list[float], list[float]]:
    """Seconds of each, call by call by turns, so that a busy machine is busy for both."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds):
        for which in (0, 1) if turn % 2 else (1, 0):
            with _clock(times[which]):
                (one, other)[which](takes)
    return times


@contextmanager
def _clock(into: list[float]) -> Iterator[None]:
    import torch

    accelerated = torch.cuda.is_available()
    now = time.perf_counter if accelerated else time.process_time
    if accelerated:
        torch.cuda.synchronize()
    began = now()
    yield
    if accelerated:
        torch.cuda.synchronize()
    into.append(now() - began)


def _cases(folder: Path) -> Iterator[Case]:
    yield from _musicgen(folder / "musicgen")
    yield _clap(folder / "clap")
    yield _musicldm(folder / "musicldm")
    yield _ace_step(folder / "ace-step")


def _noise(seconds: float, rate: int) -> Sound:
    samples = 0.1 * np.random.default_rng(0).standard_normal((1, round(seconds * rate)))
    return Sound(samples.astype(np.float32), rate)


def _loaded(adapter: Local[Any]) -> Any:
    with adapter.call() as parts:
        return parts


def _musicgen(folder: Path) -> Iterator[Case]:
    import tiny_musicgen

    from ensemble.models.musicgen import GUIDANCE, TOP_K, MusicGen

    adapter = MusicGen(str(tiny_musicgen.build(folder)))
    parts = _loaded(adapter)
    prompt = _noise(2.0, parts.rate)

    def bare(takes: int, **more: Any) -> object:
        words = parts.tokenizer([TEXT] * takes, return_tensors="pt").to(parts.model.device)
        made = parts.model.generate(
            **words, **more, do_sample=True, top_k=TOP_K, guidance_scale=GUIDANCE, max_new_tokens=100 + parts.delay
        )
        return made.float().cpu().numpy()

    def bare_continuation(takes: int) -> object:
        import torch

        heard = torch.from_numpy(prompt.samples)[None].repeat(takes, 1, 1).to(parts.model.device)
        return bare(takes, input_values=heard, padding_mask=torch.ones_like(heard[:, 0]))

    yield Case("musicgen generate 2 s", lambda n: adapter.generate(TEXT, 2.0, range(n), WORK), bare)
    yield Case(
        "musicgen continue 2+2 s", lambda n: adapter.continue_(prompt, TEXT, 2.0, range(n), WORK), bare_continuation
    )


def _clap(folder: Path) -> Case:
    import tiny_clap

    from ensemble.models.clap import Clap

    adapter = Clap(str(tiny_clap.build(folder)))
    parts = _loaded(adapter)
    sound = _noise(8.0, 48000)

    def bare(takes: int) -> object:
        device = parts.model.device
        words = parts.tokenizer([TEXT], padding=True, return_tensors="pt").to(device)
        heard = parts.extractor([sound.samples[0]], sampling_rate=48000, return_tensors="pt").to(device)
        one = parts.model.get_audio_features(**heard).pooler_output
        other = parts.model.get_text_features(**words).pooler_output
        return (one @ other.T).float().cpu().numpy()

    return Case("clap score 8 s", lambda n: adapter.score(sound, [TEXT], WORK), bare, batches=False)


def _musicldm(folder: Path) -> Case:
    import tiny_musicldm

    from ensemble.models.musicldm import GUIDANCE, STEPS, MusicLdm
    from ensemble.models.pipelines import generators

    adapter = MusicLdm(str(tiny_musicldm.build(folder)))
    pipe = _loaded(adapter)

    def read(texts: list[str]) -> Any:
        given = pipe.tokenizer(texts, padding=True, return_tensors="pt").to(pipe.device)
        return pipe.text_encoder.get_text_features(given["input_ids"], given["attention_mask"]).pooler_output

    def bare(takes: int) -> object:
        return pipe(
            prompt_embeds=read([TEXT] * takes),
            negative_prompt_embeds=read([""] * takes),
            audio_length_in_s=1.0,
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE,
            generator=generators(range(takes)),
        ).audios

    return Case("musicldm generate 1 s", lambda n: adapter.generate(TEXT, 1.0, range(n), WORK), bare)


def _ace_step(folder: Path) -> Case:
    import tiny_ace_step

    from ensemble.models.ace_step import STEPS_TURBO, AceStep
    from ensemble.models.pipelines import generators

    # At 4.8 kHz: of tiny weights at 48 kHz nearly all the time goes into decoding, which no batch makes cheaper.
    adapter = AceStep(str(tiny_ace_step.build(folder, ratios=(4, 6, 8))))
    pipe = _loaded(adapter)

    def bare(takes: int) -> object:
        return pipe(
            prompt=[TEXT] * takes,
            lyrics=["[Instrumental]"] * takes,
            audio_duration=10.0,
            num_inference_steps=STEPS_TURBO,
            guidance_scale=1.0,
            bpm=90,
            keyscale="C major",
            timesignature="4",
            generator=generators(range(takes)),
            output_type="np",
        ).audios

    return Case("ace-step generate 10 s", lambda n: adapter.generate(TEXT, 10.0, range(n), WORK), bare)


if __name__ == "__main__":
    main()
