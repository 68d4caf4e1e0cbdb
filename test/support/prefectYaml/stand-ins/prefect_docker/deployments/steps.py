"""The steps of prefect-docker 0.7 with its outputs, for the same inputs, without building or pushing anything."""

from datetime import datetime, timezone
import hashlib

from prefect.utilities.slugify import slugify


def build_docker_image(
    image_name,
    dockerfile="Dockerfile",
    tag=None,
    additional_tags=None,
    ignore_cache=False,
    persist_dockerfile=False,
    dockerfile_output_path="Dockerfile.generated",
    build_backend="docker-py",
    **build_kwargs,
):
    refuse_spaces(image_name)
    tag = tag or slugify(datetime.now(timezone.utc).isoformat())
    image = f"{image_name}:{tag}"
    return {
        "image_name": image_name,
        "tag": tag,
        "image": image,
        "image_id": "sha256:" + hashlib.sha256(image.encode()).hexdigest(),
        "additional_tags": additional_tags or [],
    }


def push_docker_image(
    image_name, tag=None, credentials=None, additional_tags=None, ignore_cache=False, build_backend="docker-py"
):
    refuse_spaces(image_name)
    return {
        "image_name": image_name,
        "tag": tag,
        "image": f"{image_name}:{tag}",
        "additional_tags": additional_tags or [],
    }


def refuse_spaces(image_name):
    if any(char.isspace() for char in image_name):
        raise ValueError(f"Invalid Docker image name {image_name!r}. Image names cannot contain spaces.")
