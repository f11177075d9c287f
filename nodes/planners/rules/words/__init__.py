"""What words, numbers and names mean, in any text, and what they refer to in a scene. The data is in `lexicon/`."""
