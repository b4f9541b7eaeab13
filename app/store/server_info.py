"""What a server of the store says of itself."""

from app.store.pipeline import Pipeline


async def info_of(pipeline: Pipeline) -> dict[str, str]:
    """By the names of INFO."""
    reply: bytes = await pipeline.call("INFO")
    lines = (line.partition(":") for line in reply.decode(errors="replace").splitlines())
    return {name: value for name, colon, value in lines if colon}
