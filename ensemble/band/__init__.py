"""The built-in band: composes symbolically, renders with a SoundFont, mixes."""
