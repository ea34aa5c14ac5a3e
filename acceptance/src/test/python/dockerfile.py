"""Prints the kind of image that repo2docker makes of a folder, and the Dockerfile that it makes it from.

    python dockerfile.py FOLDER

Needs no Docker: this is what repo2docker does before it asks for one.
"""

import os
import sys

from repo2docker.app import Repo2Docker

os.chdir(sys.argv[1])
app = Repo2Docker()
packs = (pack(app.base_image) for pack in app.buildpacks)
pack = next(pack for pack in packs if pack.detect())
pack.platform = "linux/amd64"
print(type(pack).__name__)
print(pack.render())
