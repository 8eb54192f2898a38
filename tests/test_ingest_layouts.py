"""What a source is, told by its names; and the ids that tracks of one's own get."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_archives import fma_metadata, fma_small, kaggle_gtzan, original_gtzan, own_music

from pipeline.ingest import IngestError
from pipeline.ingest.found import SoundFile, found_tracks
from pipeline.ingest.layouts import KINDS, recognised
from pipeline.ingest.names import dataset_name, own_track_id, validate_dataset_name


@pytest.mark.parametrize("top", ["", "Data/", "a/b/Data/"])
def test_kaggles_gtzan_is_recognised_at_any_depth(top):
    layout = recognised(kaggle_gtzan(top=top), source="x")
    assert (layout.family, layout.root) == ("gtzan", top)
    assert set(layout.tables.values()) == {"features_3_sec.csv", "features_30_sec.csv"}
    assert layout.sound[f"{top}genres_original/jazz/jazz.00054.wav"] == (
        "genres_original/jazz/jazz.00054.wav"
    )
    assert len(layout.sound) == 5 and len(layout.images) == 4


@pytest.mark.parametrize("part", ["features_30_sec.csv", "images_original", "genres_original"])
def test_a_part_of_kaggles_archive_is_enough(part):
    names = [name for name in kaggle_gtzan() if part in name]
    layout = recognised(names, source="x")
    assert layout.family == "gtzan" and len(layout.files) == len(names)


def test_music_beside_some_clips_of_gtzan_is_not_lost():
    mixed = [*original_gtzan(), "genres/samba/a.mp3"]
    layout = recognised(mixed, source="x")
    assert layout.family == "own" and set(layout.sound) == set(mixed)


def test_the_original_gtzan_goes_to_the_same_places():
    layout = recognised([*original_gtzan(), "genres/._jazz.au", ".DS_Store"], source="x")
    assert layout.family == "gtzan" and layout.root == "genres/"
    assert layout.sound["genres/blues/blues.00000.au"] == "genres_original/blues/blues.00000.au"


def test_split_lists_beside_the_tables_come_along():
    names = [*kaggle_gtzan(), "Data/splits/artist_3fold.csv", "Data/splits/other.csv"]
    assert recognised(names, source="x").tables["Data/splits/artist_3fold.csv"] == (
        "splits/artist_3fold.csv"
    )
    assert "Data/splits/other.csv" not in recognised(names, source="x").files


def test_fma_is_recognised_by_tables_by_sound_and_by_both():
    tables, sound = recognised(fma_metadata(), source="x"), recognised(fma_small(), source="x")
    assert (tables.family, sound.family) == ("fma", "fma")
    assert set(tables.files.values()) == {"tracks.csv", "genres.csv"}
    assert sound.files["fma_small/000/000002.mp3"] == "fma_small/000/000002.mp3"
    both = recognised([*fma_metadata(), *fma_small()], source="x")
    assert both.title == "FMA, metadata and sound" and len(both.files) == 6
    assert recognised(["000/000002.mp3"], source="x").files == {
        "000/000002.mp3": "fma_audio/000/000002.mp3"
    }


def test_own_music_is_recognised_below_folders_that_hold_all_of_it():
    plain = recognised(own_music(), source="x")
    deeper = recognised([f"Music/mine/{name}" for name in own_music()], source="x")
    assert plain.family == deeper.family == "own"
    assert (plain.root, deeper.root) == ("", "Music/mine/")
    assert set(plain.sound.values()) == set(deeper.sound.values())
    assert all(place.startswith("genres_original/") for place in plain.sound.values())


def test_a_few_gtzan_clips_do_not_make_a_folder_gtzan():
    names = [*own_music(), "blues/blues.00000.wav"]
    assert recognised(names, source="x").family == "own"


def test_gtzan_folders_with_other_genres_are_music_of_ones_own():
    names = [f"genres_original/{genre}/{genre}.00000.wav" for genre in ("techno", "salsa")]
    layout = recognised([*names, "README"], source="x")
    assert layout.family == "own" and sorted(layout.sound.values()) == sorted(names)


@pytest.mark.parametrize("names", [[], ["notes.txt"], ["tracks.csv"], ["jazz/cover.jpg"]])
def test_nothing_known_lists_the_kinds(names):
    with pytest.raises(IngestError) as caught:
        recognised(names, source="things.zip")
    assert "things.zip is none of the kinds" in str(caught.value) and KINDS in str(caught.value)
    assert all(name in str(caught.value) for name in names)


def test_sound_without_genre_folders_says_what_to_do():
    with pytest.raises(IngestError, match="2 files of sound lie at its top: put each into"):
        recognised(["a.mp3", "b.mp3"], source="x")


def test_two_data_sets_in_one_folder_are_not_guessed_at():
    with pytest.raises(IngestError, match=r"holds GTZAN.* and FMA.*one at a time"):
        recognised([*kaggle_gtzan(), *fma_metadata()], source="x")


NAME = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)


LIKE_IDS = ("jazz.x_0123abcd", "jazz.x_0123abcd_mp3", "jazz.00001", "rock.x_0123abcd")
GENRE = st.sampled_from(("jazz", "Jazz", "rock", "j\u00e1zz")) | NAME
FILE = st.sampled_from(LIKE_IDS) | NAME


@given(st.lists(st.tuples(GENRE, FILE), min_size=1, max_size=8))
def test_ids_are_safe_and_unique_whatever_the_names_look_like(pairs):
    names = {unicodedata.normalize("NFC", f"{genre}/{file}.mp3") for genre, file in pairs}
    sound = [SoundFile(Path(name), name, name) for name in sorted(names)]
    ids = [track.track_id for track in found_tracks("own", sound, lambda name: None, merges={})]
    assert all(set(i) <= set("abcdefghijklmnopqrstuvwxyz0123456789_.") for i in ids)
    assert all(len(i) <= 100 and i.count(".") == 1 for i in ids)
    assert len(set(ids)) == len(names)


def test_files_of_one_name_in_three_genres_are_three_tracks():
    names = [f"{genre}/live.set_20190101.wav" for genre in ("blues", "jazz", "rock")]
    assert len({own_track_id(name) for name in names}) == 3
    twins = [f"jazz/jazz.x_0123abcd.{ending}" for ending in ("WAV", "Wav", "wav")]
    sound = [SoundFile(Path(name), name, name) for name in twins]
    found = found_tracks("own", sound, lambda name: None, merges={})
    assert {track.sound.name for track in found if track.sound} == set(twins)


def test_ids_are_these():
    assert own_track_id("Hip Hop/x.mp3").startswith("hip_hop.x_")
    assert own_track_id("a/x.mp3") != own_track_id("a/x.wav") != own_track_id("a/b/x.wav")
    assert own_track_id("jazz/jazz.00012.wav") == "jazz.00012"
    assert own_track_id("jazz/rock.00012.wav") != "rock.00012"
    assert own_track_id("e\u0301/x.mp3") == own_track_id("\u00e9/x.mp3")  # macOS writes the first
    kept = own_track_id("Hip Hop/x.mp3")
    assert own_track_id(f"Hip Hop/{kept}.mp3") == kept


@pytest.mark.parametrize(
    ("text", "name"),
    [("My Music (2).tar.gz", "my_music_2"), ("01", "music_01"), ("歌.zip", "x"), ("a.b", "a_b")],
)
def test_a_data_set_is_named_after_its_source(text, name):
    assert dataset_name(text) == name
    validate_dataset_name(name, "own")


@pytest.mark.parametrize(
    "name", ["", "a.b", "../x", "A", "1a", "a b", "a" * 41, "demo", "gtzan", "fma"]
)
def test_names_that_cannot_stand_in_run_ids_are_refused(name):
    with pytest.raises(IngestError, match=r"data set is named by|is the name of"):
        validate_dataset_name(name, "own")


def test_sound_beside_the_genres_does_not_make_all_one_genre():
    names = ["top.wav", "music/theme.wav", "music/blues/a.wav", "music/rock/b.wav"]
    layout = recognised(names, source="x")
    assert layout.root == "music/" and layout.stray == ("music/theme.wav", "top.wav")
    assert {place.split("/")[1] for place in layout.sound.values()} == {"blues", "rock"}
    album = recognised(["blues/a.wav", "blues/live/b.wav", "rock/c.wav"], source="x")
    assert album.root == "" and len(album.sound) == 3 and not album.stray
    one = recognised(["blues/a.wav", "blues/live/b.wav"], source="x")
    assert one.root == "" and len(one.sound) == 2
