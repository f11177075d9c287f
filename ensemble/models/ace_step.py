"""ACE-Step 1.5 (Gong et al. 2026, arXiv 2602.00744) through diffusers: one model that makes, covers, repaints, extracts and adds.

Stereo at 48 kHz, 10 s to 10 min. A shorter loop is repeated until it lasts 10 s, which also gives its ends their neighbours; the
result is cut back. Instrumental: no lyrics are sung. 'bpm: 120' and 'key: C major' in a text are told to the model as its own fields.
The turbo weights (8 steps, guidance distilled in) make, cover and repaint, and play on by repainting silence behind a prompt;
extracting and adding tracks needs the base weights.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ensemble.capabilities import Sheet, Sound, Work
from ensemble.models.audio import convert, fitted, playable, samples_of, takes
from ensemble.models.base import Local, local_folder
from ensemble.models.device import Placement
from ensemble.models.pipelines import generators, modules_of, opened_pipeline, watched
from state.errors import ToolError

SHORTEST_SECONDS = 10.0
LONGEST_SECONDS = 600.0
STEPS, STEPS_TURBO = 50, 8
GUIDANCE = 7.0
SOURCES = (
    "vocals", "backing_vocals", "drums", "bass", "guitar", "keyboard", "percussion", "strings", "synth", "fx", "brass",
    "woodwinds",
)  # fmt: skip
"""The tracks that the model was taught to extract and to add."""
BASE_WEIGHTS = "ACE-Step/acestep-v15-xl-base-diffusers"
_BPM = re.compile(r"\bbpm:\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
_KEY = re.compile(r"\bkey:\s*([A-G][#b]?\s+(?:major|minor))\b", re.IGNORECASE)


class AceStep(Local[Any]):
    """ACE-Step/acestep-v15-xl-turbo-diffusers, -xl-base-diffusers, or a local folder of an AceStepPipeline."""

    name = "ace-step"

    def __init__(self, weights: str, *, device: str = "auto", precision: str = "auto") -> None:
        super().__init__(weights, device=device, precision=precision)
        self._adds: tuple[str, ...] | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        return SOURCES

    @property
    def adds(self) -> tuple[str, ...]:
        """The tracks that `lego` adds: none with weights that were not taught it. Known from the transformer's configuration,
        so that a plan can be checked before the weights are loaded."""
        if self._adds is None:
            with self.opening():
                self._adds = SOURCES if _taught_tracks(_configuration(self.weights)) else ()
        return self._adds

    def generate(self, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """See `Generate`."""
        with self.call() as pipe:
            self.check_length(seconds)
            length = samples_of(seconds, pipe.sample_rate)
            asked = {"audio_duration": max(seconds, SHORTEST_SECONDS)}
            return self._play(pipe, "text2music", text, seeds, work, 0, length, asked)

    def continue_(self, prompt: Sound, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """See `Continue`: a repaint of silence behind the prompt. Raises ToolError for a prompt shorter than one latent frame."""
        with self.call() as pipe:
            import torch

            hop = pipe.vae.hop_length
            samples = convert(playable(self.name, prompt), pipe.sample_rate, 2).samples
            frames = samples.shape[1] // hop
            if not frames:
                raise ToolError(f"{self.name} needs a prompt of at least {hop / pipe.sample_rate:g} s", field="prompt")
            self.check_length(seconds)
            length = samples_of(seconds, pipe.sample_rate)
            whole = max(frames * hop + length, samples_of(SHORTEST_SECONDS, pipe.sample_rate))
            self.check_length(whole / pipe.sample_rate)
            # Its end in whole frames, so that what is new begins exactly where it ends.
            heard = samples[:, samples.shape[1] - frames * hop :]
            source = torch.from_numpy(np.ascontiguousarray(fitted(heard, -(-whole // hop) * hop)))
            # Half a frame more: the pipeline rounds seconds down to frames.
            asked = {"src_audio": source, "repainting_start": (frames + 0.5) * hop / pipe.sample_rate}
            return self._play(pipe, "repaint", text, seeds, work, frames * hop, length, asked)

    def rearrange(self, melody: Sound, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """See `Rearrange`: a cover. The melody is repeated, or cut, to `seconds`."""
        with self.call() as pipe:
            length = samples_of(seconds, pipe.sample_rate)
            source = self._source(pipe, melody, length)
            return self._play(pipe, "cover", text, seeds, work, 0, length, {"src_audio": source})

    def inpaint(
        self, sound: Sound, start_seconds: float, end_seconds: float, text: str, seeds: Sequence[int], work: Work
    ) -> list[Sound]:
        """See `Inpaint`: a repaint. Of a loop that was repeated a copy in the middle is repainted, so that both of its ends
        are heard."""
        with self.call() as pipe:
            length = convert(playable(self.name, sound), pipe.sample_rate, 2).samples.shape[1]
            if not 0 <= start_seconds < end_seconds <= length / pipe.sample_rate + 0.001:
                raise ToolError(
                    f"{self.name} cannot repaint {start_seconds:g} to {end_seconds:g} s of {sound.seconds:g} s"
                )
            source = self._source(pipe, sound, length)
            first = (source.shape[-1] // length // 2) * length
            begin = first / pipe.sample_rate
            span = {"repainting_start": begin + start_seconds, "repainting_end": begin + end_seconds}
            return self._play(pipe, "repaint", text, seeds, work, first, length, {"src_audio": source, **span})

    def vary(self, sound: Sound, amount: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """See `Vary`: a cover of itself; the freer, the less of its structure is kept (from all down to a fifth)."""
        with self.call() as pipe:
            length = convert(sound, pipe.sample_rate, 2).samples.shape[1]
            asked = {
                "src_audio": self._source(pipe, sound, length),
                "audio_cover_strength": 1.0 - 0.8 * min(max(amount, 0.0), 1.0),
            }
            return self._play(pipe, "cover", "instrumental music", seeds, work, 0, length, asked)

    def separate(self, sound: Sound, work: Work) -> Mapping[str, Sound]:
        """See `Separate`: each track is made anew from the mix, so that together they are not the mix. Raises ToolError for
        weights that were not taught it."""
        found = {}
        for track in SOURCES:
            (found[track],) = self._track("extract", sound, track, "", (0,), work)
        return found

    def lego(self, sound: Sound, track: str, text: str, seeds: Sequence[int], work: Work) -> list[Sound]:
        """For each seed a new `track` (one of `sources`) alone, as long as `sound`, that fits it."""
        return self._track("lego", sound, track, text, seeds, work)

    def _track(self, task: str, sound: Sound, track: str, text: str, seeds: Sequence[int], work: Work) -> list[Sound]:
        with self.call() as pipe:
            if not _taught_tracks(pipe.transformer.config):
                raise ToolError(
                    f"{self.name} at {self.weights!r} was not taught to {task}; seat base weights, such as {BASE_WEIGHTS}",
                    field="weights",
                )
            if track not in SOURCES:
                raise ToolError(f"{self.name} knows no track {track!r}; {', '.join(SOURCES)}", field="track")
            length = convert(sound, pipe.sample_rate, 2).samples.shape[1]
            asked = {"src_audio": self._source(pipe, sound, length), "track_name": track}
            return self._play(pipe, task, text, seeds, work, 0, length, asked)

    def _open(self, placement: Placement) -> Any:
        from diffusers import AceStepPipeline

        return opened_pipeline(AceStepPipeline, self, placement)

    def _modules(self, loaded: Any) -> Iterable[Any]:
        return modules_of(loaded)

    def _describe(self, loaded: Any) -> Sheet:
        return Sheet(loaded.sample_rate, 2, LONGEST_SECONDS, True, "MIT")

    def _source(self, pipe: Any, sound: Sound, length: int) -> Any:
        """`sound` as a tensor (2, samples): repeated to cover `length` samples and, in whole repetitions of those, 10 s; then
        filled with silence to whole latent frames."""
        import torch

        samples = convert(playable(self.name, sound), pipe.sample_rate, 2).samples
        self.check_length(length / pipe.sample_rate)
        part = np.tile(samples, (1, -(-length // samples.shape[1])))[:, :length]
        whole = np.tile(part, (1, math.ceil(SHORTEST_SECONDS * pipe.sample_rate / length)))
        hop = pipe.vae.hop_length
        return torch.from_numpy(np.ascontiguousarray(fitted(whole, -(-whole.shape[1] // hop) * hop)))

    def _play(
        self,
        pipe: Any,
        task: str,
        text: str,
        seeds: Sequence[int],
        work: Work,
        first: int,
        length: int,
        asked: dict[str, Any],
    ) -> list[Sound]:
        """One batch, a row a seed; of each the `length` samples from `first` on."""
        import torch

        if not seeds:
            return []
        steps = STEPS_TURBO if pipe.is_turbo else STEPS
        work.report(f"{self.name}: {task}, {len(seeds)} x {length / pipe.sample_rate:.1f} s on {self.device}")
        count = len(seeds)
        if "src_audio" in asked:  # the model would be told of a minute
            asked = {**asked, "audio_duration": asked["src_audio"].shape[-1] / pipe.sample_rate}
        with torch.random.fork_rng():
            torch.manual_seed(0)  # the pipeline draws a source's latents from the global generator
            latents = pipe(
                prompt=[text] * count,
                lyrics=["[Instrumental]"] * count,  # one a prompt: a single one fails in a batch
                vocal_language=["unknown"] * count,
                num_inference_steps=steps,
                guidance_scale=1.0 if pipe.is_turbo else GUIDANCE,
                generator=generators(seeds),
                task_type=task,
                callback=watched(work, self.name, steps),
                output_type="latent",
                **_fields(text),
                **asked,
            ).audios
        # Decoded here: the pipeline would bring every take to -1 dBFS, louder or softer than what it is spliced into. One by one:
        # a take's audio is tens of MB a layer, and a batch of them costs more than its takes apart (3.4 times, measured on a CPU).
        audio = torch.cat([pipe.vae.decode(one[None].mT.to(pipe.vae.dtype)).sample.float() for one in latents])
        if "src_audio" not in asked:
            audio = audio / audio.abs().amax(dim=(1, 2), keepdim=True).clamp(min=1.0)
        if audio.shape[-1] < first + length:
            raise ToolError(f"{self.name} made {audio.shape[-1]} samples where {first + length} were asked for")
        return takes(self.name, audio[..., first : first + length], pipe.sample_rate)


def _configuration(weights: str) -> Mapping[str, Any]:
    """Of the transformer, at a local folder or the hub."""
    folder = local_folder(weights)
    if folder is None:
        from huggingface_hub import hf_hub_download

        path = Path(hf_hub_download(weights, "transformer/config.json"))
    else:
        path = folder / "transformer" / "config.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def _taught_tracks(configuration: Mapping[str, Any]) -> bool:
    """Whether the weights of this transformer extract and add tracks: those that were not distilled or fine-tuned."""
    return not configuration.get("is_turbo") and configuration.get("model_version") not in ("turbo", "sft")


def _fields(text: str) -> dict[str, Any]:
    """The tempo and the key that the text states, as the pipeline takes them."""
    bpm, key = _BPM.search(text), _KEY.search(text)
    found: dict[str, Any] = {"timesignature": "4"} if bpm or key else {}
    if bpm:
        found["bpm"] = round(float(bpm[1]))
    if key:
        found["keyscale"] = key[1]
    return found
