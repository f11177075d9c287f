"""The dialect: which instruction is carried out by which call. One file a family of instructions."""
