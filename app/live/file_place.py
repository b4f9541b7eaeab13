"""Whether the place of files is the one that this store's files are in.

A mount that is missing, a folder that two servers do not share, or the store of another shop: each would take files
that are not found again, or sweep away what another store knows. So the place has a mark, and the store remembers it.
"""

from app.files.directory import Driver
from app.files.threads import Threads
from app.store.files import Files


async def is_ours(files: Files, driver: Driver, threads: Threads) -> bool:
    """Whether files may be put there and swept; a store that has no place yet takes one that has no files in it, and no
    mark of another store.

    Raises OSError, and what the store raises.
    """
    mark, home = await threads.run(driver.mark), await files.home()
    if not home and await threads.run(driver.empty):
        mark = mark or await threads.run(driver.take, await files.new_mark())
        if await files.made(mark):  # now, by another node, or by one that was killed before it could settle it
            home = await files.settle(mark)
    return bool(home) and mark == home
