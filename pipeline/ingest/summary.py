"""What an ingested data set holds, as lines for the terminal. Must not import ``dashboard``."""

from collections.abc import Iterator

from pipeline.ingest.record import summary_numbers
from pipeline.ingest.run import Ingested
from pipeline.ingest.tracks import NO_SOUND, reason_kind

_SHOWN_PER_REASON = 5


def summary_lines(done: Ingested) -> list[str]:
    """Return where a data set lies, what it was made of, counts by genre and by reason."""
    numbers = summary_numbers(done.tracks)
    lines = [f"{done.folder}: {'written' if done.changed else 'nothing has changed'}"]
    lines += [f"  {source.found}, from {source.name}" for source in done.record.sources]
    kept = ", as in an earlier run" if done.kept_merges else ""
    lines += [f"  genre {old} counts as {new}{kept}" for old, new in done.record.merges.items()]
    clips = numbers["tracks"] - numbers["without_sound"]
    duration = _duration(numbers["duration_s"])
    lines += ["", f"{numbers['usable']} of {clips} clips can be used, {duration} of sound"]
    if numbers["without_sound"]:
        lines.append(f"{numbers['without_sound']} more tracks are known from tables, without sound")
    lines += [*_genre_lines(numbers["genres"]), *_reason_lines(done)]
    if done.left_images:
        lines += ["", f"{done.left_images} images stay where they are; --copy brings them along."]
    if done.stray:
        lines += [
            "",
            f"{len(done.stray)} sound files outside genre folders are left out: {done.stray[0]}"
            f"{' ...' if len(done.stray) > 1 else ''}",
        ]
    if done.linked:
        lines += ["", f"{done.linked} linked folders were not followed"]
    return lines


def _genre_lines(genres: dict[str, dict[str, float]]) -> Iterator[str]:
    if not genres:
        return
    width = max(map(len, genres))
    yield f"  {'genre':{width}}  tracks  usable  duration"
    for genre, own in genres.items():
        yield (
            f"  {genre:{width}}  {own['tracks']:6}  {own['usable']:6}  "
            f"{_duration(own['duration_s'])}"
        )


def _reason_lines(done: Ingested) -> Iterator[str]:
    """Count the reasons and name the first tracks of each; missing sound was counted before."""
    excluded = done.tracks[~done.tracks["excluded_reason"].isin(["", NO_SOUND])]
    kinds = excluded["excluded_reason"].map(reason_kind)
    if len(excluded):
        yield ""
    for kind, rows in excluded.groupby(kinds, sort=True):
        yield f"  {len(rows)} left out: {kind}"
        shown = rows.head(_SHOWN_PER_REASON)
        for row in shown.itertuples():
            yield f"    {row.track_id}: {row.excluded_reason}"
        if len(rows) > len(shown):
            yield f"    and {len(rows) - len(shown)} more, in tracks.parquet"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
