"""The adapters of this process and the bare calls of the libraries that they stand before, with the same tiny random weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from models_timing import TEXT, WORK, Case, case_of

from ensemble.capabilities import Sound
from ensemble.models.base import Local


def _noise(seconds: float, rate: int) -> Sound:
    samples = 0.1 * np.random.default_rng(0).standard_normal((1, round(seconds * rate)))
    return Sound(samples.astype(np.float32), rate)


def _loaded(adapter: Local[Any]) -> Any:
    with adapter.call() as parts:
        return parts


def musicgen(folder: Path) -> Iterator[Case]:
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

    yield case_of("musicgen generate 2 s", lambda n: adapter.generate(TEXT, 2.0, range(n), WORK), bare)
    yield case_of(
        "musicgen continue 2+2 s", lambda n: adapter.continue_(prompt, TEXT, 2.0, range(n), WORK), bare_continuation
    )


def clap(folder: Path) -> Iterator[Case]:
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

    yield case_of("clap score 8 s", lambda n: adapter.score(sound, [TEXT], WORK), bare, batches=False)


def musicldm(folder: Path) -> Iterator[Case]:
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

    yield case_of("musicldm generate 1 s", lambda n: adapter.generate(TEXT, 1.0, range(n), WORK), bare)


def ace_step(folder: Path) -> Iterator[Case]:
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

    yield case_of("ace-step generate 10 s", lambda n: adapter.generate(TEXT, 10.0, range(n), WORK), bare)


def demucs(folder: Path) -> Iterator[Case]:
    import tiny_demucs
    import torch
    from demucs.apply import apply_model

    from ensemble.models.demucs import Demucs

    adapter = Demucs(str(tiny_demucs.build(folder)))
    bag = _loaded(adapter)
    sound = Sound(np.repeat(_noise(8.0, bag.samplerate).samples, 2, axis=0), bag.samplerate)

    def bare(takes: int) -> object:
        # As the library's own Separator does it, without its random shift, which would make its time random too.
        mix = torch.from_numpy(sound.samples)
        reference = mix.mean(0)
        middle, spread = reference.mean(), reference.std() + 1e-8
        device = adapter.placement.device
        made = apply_model(bag, ((mix - middle) / spread)[None], shifts=0, split=True, overlap=0.25, device=device)
        return (made[0] * spread + middle).cpu().numpy()

    yield case_of("demucs separate 8 s", lambda n: adapter.separate(sound, WORK), bare, batches=False)


def captioner(folder: Path) -> Iterator[Case]:
    import tiny_captioner

    from ensemble.models.captioner import _MOST_TOKENS, _QUESTION, Captioner

    adapter = Captioner(str(tiny_captioner.build(folder)))
    parts = _loaded(adapter)
    sound = _noise(8.0, parts.rate)

    def bare(takes: int) -> object:
        content = [{"type": "audio", "audio": ""}, {"type": "text", "text": _QUESTION}]
        prompt = parts.processor.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False
        )
        given = parts.processor(
            text=[prompt], audio=[sound.samples[0]], sampling_rate=sound.rate, return_tensors="pt", padding=True
        ).to(adapter.placement.device, adapter.placement.dtype)
        written = parts.model.generate(**given, do_sample=False, max_new_tokens=_MOST_TOKENS)
        return parts.processor.batch_decode(written[:, given["input_ids"].shape[1] :], skip_special_tokens=True)

    yield case_of("captioner caption 8 s", lambda n: adapter.caption(sound, WORK), bare, batches=False)


def lp_musiccaps(folder: Path) -> Iterator[Case]:
    import tiny_lp_musiccaps
    import torch

    from ensemble.models.lp_musiccaps import _BEAMS, _FEWEST_TOKENS, _MOST_TOKENS, RATE, LpMusicCaps, _heard

    adapter = LpMusicCaps(str(tiny_lp_musiccaps.build(folder)))
    parts = _loaded(adapter)
    sound = _noise(10.0, RATE)

    def bare(takes: int) -> object:
        # There is no library of it: its front end is the adapter's own on both sides, what writes is transformers' BART.
        device = adapter.placement.device
        heard = _heard(parts.front, torch.from_numpy(sound.samples).to(device))
        encoded = parts.bart.model.encoder(inputs_embeds=heard, return_dict=True)
        first = torch.full((1, 1), parts.bart.config.decoder_start_token_id, dtype=torch.long, device=device)
        written = parts.bart.generate(
            encoder_outputs=encoded,
            attention_mask=torch.ones(heard.shape[:2], dtype=torch.long, device=device),
            decoder_input_ids=first,
            num_beams=_BEAMS,
            max_length=_MOST_TOKENS,
            min_length=_FEWEST_TOKENS,
            do_sample=False,
            **parts.habits,
        )
        return parts.tokenizer.batch_decode(written, skip_special_tokens=True)

    yield case_of("lp-musiccaps caption 10 s", lambda n: adapter.caption(sound, WORK), bare, batches=False)


cases = (musicgen, clap, musicldm, ace_step, demucs, captioner, lp_musiccaps)
"""Each makes its weights in the folder that it is given, and yields what is to be measured."""
