"""Content, not GANs: the program that draws dogs, its words and captions, and who reads them.

Nobody has to read this folder to understand a GAN.
"""
