"""Tell whether two pictures of a screen look the same to a person.

Other versions of FreeType and other graphics draw the edges of letters and curves slightly differently, which is
invisible to a person. So both pictures are reduced and blurred, and a few differing pixels are accepted. A changed
word, icon, colour or position makes many.
"""

from PIL import Image, ImageChops, ImageFilter

SIZE = 360, 640  # pixels, a third of the portrait window
MIN_DIFFERENCE = 40  # of 255, in any of the three colours
MAX_DIFFERING_SHARE = 0.0004  # share of the pixels: 92 of them, as a square of 29 pixels of the window


def downscale(picture: Image.Image) -> Image.Image:
    """The reduced and blurred picture that is compared and stored."""
    return picture.convert("RGB").resize(SIZE, Image.Resampling.BOX)


def differing_share(shown: Image.Image, golden: Image.Image) -> float:
    """Share of the pixels that differ visibly. Takes pictures of any size; 0: equal, 1: every pixel differs."""
    one, other = (downscale(picture).filter(ImageFilter.GaussianBlur(1)) for picture in (shown, golden))
    red, green, blue = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(most.histogram()[MIN_DIFFERENCE:]) / (SIZE[0] * SIZE[1])


def looks_same(shown: Image.Image, golden: Image.Image) -> bool:
    """Whether two pictures look the same to a person."""
    return differing_share(shown, golden) <= MAX_DIFFERING_SHARE
