"""Content, not GANs: exercises, the playground, widgets and recorded studies of the chapters.

Nobody has to read this folder to understand a GAN.
"""
