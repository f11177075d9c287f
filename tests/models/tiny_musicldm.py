"""A tiny random MusicLDM, saved as the real one is."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory


def build(folder: Path, *, seed: int = 0) -> Path:
    """Write it to `folder`: 16 kHz, 100 mel frames a second."""
    import tiny_clap
    import torch
    from diffusers import AutoencoderKL, DDIMScheduler, MusicLDMPipeline, UNet2DConditionModel
    from transformers import ClapModel, ClapProcessor, SpeechT5HifiGan, SpeechT5HifiGanConfig

    with TemporaryDirectory() as clap:
        tiny_clap.build(Path(clap), seed=seed)
        text_encoder, processor = ClapModel.from_pretrained(clap), ClapProcessor.from_pretrained(clap)
    torch.manual_seed(seed)
    unet = UNet2DConditionModel(
        sample_size=32,
        in_channels=4,
        out_channels=4,
        layers_per_block=1,
        norm_num_groups=8,
        block_out_channels=(8, 16),
        cross_attention_dim=(8, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=4,
        class_embed_type="simple_projection",
        projection_class_embeddings_input_dim=16,
        class_embeddings_concat=True,
    )
    vae = AutoencoderKL(
        in_channels=1,
        out_channels=1,
        latent_channels=4,
        norm_num_groups=8,
        block_out_channels=(8, 16),
        down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
        up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
    )
    vocoder = SpeechT5HifiGan(
        SpeechT5HifiGanConfig(
            model_in_dim=8,
            sampling_rate=16000,
            upsample_initial_channel=32,
            upsample_rates=[5, 4, 8],
            upsample_kernel_sizes=[11, 8, 16],
            resblock_kernel_sizes=[3],
            resblock_dilation_sizes=[[1, 3]],
            normalize_before=False,
        )
    )
    with torch.no_grad():
        for parameter in vocoder.parameters():  # fresh weights are all but silent
            if parameter.dim() > 1:
                torch.nn.init.kaiming_normal_(parameter)
    pipe = MusicLDMPipeline(
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=processor.tokenizer,
        feature_extractor=processor.feature_extractor,
        unet=unet,
        scheduler=DDIMScheduler(beta_start=0.0015, beta_end=0.0195, beta_schedule="scaled_linear", clip_sample=False),
        vocoder=vocoder,
    )
    pipe.save_pretrained(folder)
    return folder
