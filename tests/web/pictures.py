"""Pictures as a telephone makes them."""

import io
import os

from PIL import Image


def picture(form: str = "JPEG", size: tuple[int, int] = (3000, 2000)) -> io.BytesIO:
    """With the place and the owner's name in it."""
    image = Image.frombytes("RGB", (50, 50), os.urandom(7500)).resize(size)
    said = Image.Exif()
    said[0x010E] = "Айгүл's telephone"
    said.get_ifd(0x8825)[2] = (43.0, 14.0, 0.0)
    content = io.BytesIO()
    image.save(content, form, exif=said)
    content.seek(0)
    return content
