"""The paper's chains: how the models that are seated play a tool's part, and what is mended on the way back."""
