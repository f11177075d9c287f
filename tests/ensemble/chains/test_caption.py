import numpy as np
import pytest

from ensemble.capabilities import Work
from ensemble.chains.caption import captioned, marked
from ensemble.listen.audiofile import float_wav_bytes
from ensemble.listen.ingest import ingest
from scripted_ears import ScriptedCaptioner
from state.artifacts import ArtifactStore
from state.errors import Cancelled, ToolError


def tone(seconds=3.0):
    time = np.arange(round(seconds * 44_100)) / 44_100
    return np.stack([0.2 * np.sin(2 * np.pi * 330 * time)] * 2).astype(np.float32)


def test_a_captioner_hears_what_its_sheet_says_and_no_more_than_it_takes():
    model = ScriptedCaptioner(longest=2.0)
    assert captioned(tone(), model, Work()) == "A calm piano piece."
    assert (model.heard[0].rate, model.heard[0].samples.shape) == (16_000, (1, 32_000))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("two\nlines\x00\u202e of  it", "two lines of it"),
        ("", ""),
        ("long " * 200, ("long " * 200)[:597].rstrip() + "..."),
    ],
)
def test_its_words_are_one_plain_line(said, kept):
    assert captioned(tone(), ScriptedCaptioner(said), Work()) == kept


def test_words_are_quoted_and_told_apart_from_measurements():
    assert marked('a "loop".', ScriptedCaptioner()) == "In the words of scripted, a model, not measured: \"a 'loop'.\""
    assert marked("", ScriptedCaptioner()) == "scripted found no words for it."


def test_an_upload_s_caption_ends_in_the_model_s_words(tmp_path):
    file = tmp_path / "a.wav"
    file.write_bytes(float_wav_bytes(tone()))
    store = ArtifactStore(tmp_path / "store")
    plain = ingest(file, store, 60.0)
    told = ingest(file, store, 60.0, captioner=ScriptedCaptioner())
    assert told.words == "A calm piano piece."
    assert told.caption == f'{plain.caption} In the words of scripted, a model, not measured: "A calm piano piece."'
    assert told.model_copy(update={"words": "", "caption": plain.caption}) == plain


def test_a_captioner_that_fails_or_is_stopped_ends_the_ingest(tmp_path):
    class Broken(ScriptedCaptioner):
        def caption(self, sound, work):
            raise ToolError("scripted cannot hear")

    file = tmp_path / "a.wav"
    file.write_bytes(float_wav_bytes(tone()))
    with pytest.raises(ToolError, match="cannot hear"):
        ingest(file, ArtifactStore(tmp_path / "store"), 60.0, captioner=Broken())
    with pytest.raises(Cancelled):
        ingest(file, ArtifactStore(tmp_path / "store"), 60.0, captioner=ScriptedCaptioner(), cancelled=lambda: True)
