"""The artist of the synthetic world: draws the picture that a scene's truth describes.

What lives here: palettes, faces, hair, bodies, clothes, grounds, objects and light. What does
not: who is in the world and how often (the world decides), and reading anything from a picture
(the signals do, with constants and a light model of their own). All of it is synthetic.
"""

from fairview.catalog.world.draw.body import body_type_silhouette_svg
from fairview.catalog.world.draw.hair import HAIRDOS, hair_pattern_svg
from fairview.catalog.world.draw.palette import STYLES
from fairview.catalog.world.draw.scene import draw_scene, encode_jpeg
from fairview.catalog.world.draw.subjects import SUBJECTS, hair_subjects

__all__ = [
    "HAIRDOS",
    "STYLES",
    "SUBJECTS",
    "body_type_silhouette_svg",
    "draw_scene",
    "encode_jpeg",
    "hair_pattern_svg",
    "hair_subjects",
]
