"""Where the extra llm is missing, the modules that the tests of it share are not looked through for doctests."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("aiohttp") else ["fake_server.py", "fake_batches.py", "survival.py"]
