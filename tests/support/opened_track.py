"""A list on the Tracks page and the track that is open beside it, for tests in the browser."""

from playwright.sync_api import expect
from visit import Visit

LIST = "/tracks?protocol=new-song&true=blues"
HEADING = "#track-heading"


def listed(visit: Visit) -> list[str]:
    ids: list[str] = visit.page.evaluate("genrelensTracks.listed().map(row => row.id)")
    return ids


def expect_open(visit: Visit, track: str) -> None:
    """Wait until a track is open and in the address."""
    expect(visit.page.locator(HEADING)).to_contain_text(track, timeout=30_000)
    visit.settle()
    assert visit.query().get("track") == track
